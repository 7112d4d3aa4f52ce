"""How the admin writes days and times, where Django would write them otherwise."""
