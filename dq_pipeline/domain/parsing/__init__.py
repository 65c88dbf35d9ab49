"""What one raw value means: a pure parser for each kind of value.

Every parser takes the text as it arrived (and the context that changes its meaning) and returns a NamedTuple
with the standard form, a status and a reason. None raises on any text, none invents a value: what cannot be
read stays as it arrived and its status says so.
"""
