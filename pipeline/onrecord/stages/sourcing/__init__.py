"""What an article says of its sources besides who they are: their type, their gender, and why a name is kept back."""
