"""What runs on every article after the quote model: names, statements, speakers, stance; one article at a time."""
