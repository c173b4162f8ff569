//! What tokens cost: the dated price book, usage into disjoint classes, the worst case of a request.
