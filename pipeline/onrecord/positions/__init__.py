"""What all statements of a speaker add up to: the side they take towards a target; no statement is judged here."""
