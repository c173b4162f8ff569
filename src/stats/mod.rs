//! Statistics as pure functions over plain numbers; every formula cites its source.
