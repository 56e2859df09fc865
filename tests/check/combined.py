"""Cases of the table combined in one record: which findings of one may go, or come, for what another case is about.

A case is about the rules that it breaks, and about what it is set up with: the mode, the kind of unit, a doctor.
"""
SETUPS = {"mode": 'mode="', "kind": 'kind="事业单位"', "doctor": "博士"}

# A rule's finding may be absent when the record breaks one of these as well, or is set up so: what it rests on is said to be
# wrong or missing there, or it is another finding's consequence.
MAY_HIDE = {
    "R14": {"R51", "R89", "doctor"}, "R15": {"R51", "R89", "doctor"}, "R51": {"R14", "R89", "doctor"}, "R50": {"R14"},
    "R16": {"R120", "R37", "R49", "R89", "mode"},
    "R17": {"R61"},                      # nothing is scored: a warning, or R60
    "R18": {"R75", "R110"}, "R19": {"R18", "R110"}, "R110": {"R18", "R75"},
    "R21": {"R75"}, "R24": {"R75"}, "R22": {"R75"},
    "R26": {"R25"}, "R78": {"R25", "R74", "R89"},
    "R27": {"doctor"}, "R28": {"doctor", "R75"}, "R29": {"doctor", "R75"},
    "R30": {"R61", "R75", "R89", "R100", "doctor", "mode", "kind"},
    "R33": {"R30"}, "R34": {"R89", "R41"}, "R54": {"R89", "R41"}, "R36": {"R34", "kind"},
    "R37": {"mode", "R38"}, "R38": {"mode", "R37"}, "R39": {"mode", "R61"},
    "R40": {"R41", "R61"}, "R41": {"R41", "R49", "mode"},
    "R42": {"R16", "R17", "R30", "R40", "R41", "R43", "R46", "R60", "R61", "R75", "R96", "R98", "R103", "mode"},
    "R43": {"R41", "R61", "R40", "R16"}, "R44": {"R61"}, "R45": {"R42", "R61"},
    "R46": {"R17", "R30", "R40", "R41", "R42", "R43", "R46", "R61", "R75", "R96", "R98", "R103", "mode"},
    "R48": {"mode", "R47"}, "R47": {"mode"}, "R49": {"R41", "R49", "mode"},
    "R52": {"R89"}, "R59": {"R59", "R89"},
    "R60": {"R17", "R61"}, "R61": {"mode"},
    "R74": {"R74", "R89"}, "R75": {"R74", "R75", "R89", "R91", "doctor"},
    "R77": {"R78", "R89"}, "R79": {"R74", "R78"}, "R82": {"R78"},  # papers of what cannot be drawn are not laid out
    "R90": {"R90"}, "R31": {"R103", "R30"}, "R81": {"R41"}, "R83": {"R89"}, "R84": {"R98"}, "R91": {"R89", "R74"}, "R93": {"mode", "R75", "R89", "doctor"},
    "R95": {"R119", "R99"}, "R119": {"R95", "R30", "doctor"}, "R96": {"R41", "R61"}, "R97": {"R97"}, "R98": {"R98"},
    "R99": {"R95", "R112"}, "R112": {"R112", "R99"}, "R108": {"R89", "R95"},
    "R100": {"R75", "R30"}, "R103": {"R61", "mode"}, "R104": {"R74"}, "R105": {"R21", "R75", "R89", "doctor"},
    "R107": {"R17"}, "R114": {"R21", "doctor"}, "R120": {"R49", "R89", "mode"}, "R121": {"R50", "R75", "R89", "R105", "doctor"},
    "R66": {"R82"}, "R67": {"R82"}, "R68": {"R82"}, "R69": {"R82"}, "R70": {"R82"}, "R76": {"R82"},
    "R101": {"R13"}, "R111": {"R13"}, "R113": {"R13"},
}
# A rule may speak, or speak with another severity, of a record that has all of these where none of the cases alone made it.
MAY_ADD = {
    "R17": [{"R17", "R61"}], "R60": [{"R17", "R61"}],
    "R29": [{"doctor"}], "R30": [{"doctor"}], "R93": [{"doctor", "mode"}], "R100": [{"doctor"}], "R28": [{"doctor"}],
    "R39": [{"R39", "mode"}], "R61": [{"R61", "mode"}], "R38": [{"R38", "mode"}],
    "R46": [{"R16"}, {"R30"}, {"R43"}, {"R17"}, {"R103"}],  # so much is not proved by two together
    "R75": [{"R75"}], "R21": [{"R75"}], "R27": [{"doctor"}], "R121": [{"R121"}], "R105": [{"R105", "doctor"}],
}
