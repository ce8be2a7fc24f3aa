package main

import "errors"

// errCheckFailed ends a run that was done and whose check failed: what failed is
// part of the output.
var errCheckFailed = errors.New("the check failed")
