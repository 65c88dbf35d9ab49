"""Word lists and places of the sample world: real names, towns and number ranges, no real person."""
