//go:build truth

package analysis_test

import "testing"

// TestTruthHostile reads the images that take seconds.
func TestTruthHostile(t *testing.T) { readHostile(t, true) }
