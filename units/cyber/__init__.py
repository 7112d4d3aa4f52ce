"""Cybercrime: the force’s plan, its workstreams and the people it reaches."""
