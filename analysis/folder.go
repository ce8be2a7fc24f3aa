package analysis

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// IsInstallation reports whether path is a folder in which Python distributions
// are installed: a site-packages folder, or a virtual environment.
func IsInstallation(path string) bool {
	if _, err := os.Stat(filepath.Join(path, "pyvenv.cfg")); err == nil {
		return true
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return false
	}
	dists, err := filepath.Glob(filepath.Join(escapeGlob(path), "*.dist-info", "METADATA"))
	return err == nil && len(dists) > 0
}

// escapeGlob makes a path match itself alone.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// readFolder weighs what is installed in a folder of this computer. It is shown
// as an image of one layer: the folder.
func readFolder(ctx context.Context, path string, o Options) (*Image, []Warning, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	// Links such as /var/run do not belong to what is weighed.
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	img := &Image{Reference: path, Platform: o.Target.Platform(), Partial: true, Layers: []Layer{{Layer: oci.Layer{Name: path, Size: -1, Instruction: "the folder " + filepath.Base(full)}}}}
	x, err := layer.ReadFolder(ctx, full, filepath.ToSlash(strings.TrimPrefix(full, filepath.VolumeName(full))), layer.ReadOptions{
		Keep: attribution.Keep, Scan: attribution.Scan,
		Progress: func(n int64) {
			o.progress(Progress{What: "Reading the folder", Done: n})
		},
	})
	if x != nil {
		x.CompressedSize = 0
	}
	err = img.finish(ctx, []*layer.Index{x}, []error{err})
	img.Layers[0].Download = download(-1) // nothing was downloaded, or nobody knows what
	return img, img.oddities(), err
}
