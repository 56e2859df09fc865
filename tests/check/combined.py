"""Cases of the table combined in one record: which findings of one may go, or change, for what another case is about.

A case is about its rule, and about what it is set up with: the mode, the kind of unit, a doctor.
"""
SETUPS = {"mode": 'mode="', "kind": 'kind="事业单位"', "doctor": "博士"}

# A rule's finding may be absent when the record breaks one of these as well, or is set up so.
MAY_HIDE = {}
# A rule may speak of a combination where none of the cases alone made it.
MAY_ADD = {}
