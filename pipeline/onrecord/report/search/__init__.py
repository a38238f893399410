"""Search, filters and comparisons over all statements, in the browser and from disk: their data are scripts, as pages
from disk may load nothing else, in parts that are loaded when they are needed."""
