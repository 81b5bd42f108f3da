"""SDR pictures as HDR masters and back: ITU-R BT.2446 methods A and C, PQ and HLG, content light levels."""
