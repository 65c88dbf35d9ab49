"""The export layout of each system; the columns are those of its contract, in that order."""
