"""Paints the demonstration shop's goods: cloth, wool, buttons and tools, with light and shadow (numpy, Pillow).

A development tool: the shop itself never imports it and runs without numpy.
"""
