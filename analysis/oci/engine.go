package oci

import "context"

func openEngine(ctx context.Context, ref Ref, o Options) (*Image, error) {
	return nil, fail(Unsupported, ref.Text, "not yet")
}
