"""Credit red and black lists 诚信红黑榜: entries, their legal basis, their end."""
