"""Invoices for machines: EN 16931 as CII, embedded in every PDF (ZUGFeRD) or alone (XRechnung)."""
