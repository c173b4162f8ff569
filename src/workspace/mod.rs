//! Where a workspace is and which files a TARGET means.
