"""Good people 好人: nomination, public notice, honour, withdrawal."""
