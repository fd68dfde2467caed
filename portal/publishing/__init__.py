"""Creation news 创建动态 and its columns."""
