"""How often Python looks for garbage that counting references leaves behind."""

import gc

NEW_OBJECTS = 50_000
"""So many more made than gone since the last look call for another one, at the young ones."""
LOOKS_AT_THE_YOUNG = 20
LOOKS_AT_THE_MIDDLE = 10
"""After so many looks the next older ones are gone through as well.

A look leaves behind what requests under way hold at that moment, and only a look at all finds it later: about every
20,000 requests with these numbers, in which a server grows by some MiB.
"""


def collect_seldom() -> None:
    """Called once, before anything is loaded.

    Neither what is loaded nor records go to waste in cycles. By itself Python looks after every 700 new objects: it finds
    next to nothing in all that a server loads, and nothing in the hundred thousands that a batch makes, and takes a
    sixth of the one's time and a tenth of the other's for it.
    """
    gc.set_threshold(NEW_OBJECTS, LOOKS_AT_THE_YOUNG, LOOKS_AT_THE_MIDDLE)


def keep_what_is_loaded() -> None:
    """Called once, by a process that is about to serve or to work: no look goes through what it has loaded.

    A look before would take a tenth of the time to the first answer, and find some 500 objects to let go.
    """
    gc.freeze()
