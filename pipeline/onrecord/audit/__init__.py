"""Who gets to speak: shares of statements and words by type, role, place, outlet and gender, with their intervals."""
