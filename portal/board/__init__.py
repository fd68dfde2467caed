"""Creation board 创建红黑榜: sites and units, before and after."""
