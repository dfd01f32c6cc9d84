"""The newsletter: only to who has asked for it and confirmed that (§ 7 Abs. 2 Nr. 2 UWG); off until switched on."""
