package main

import (
	"context"
	"slices"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pyindex"
	"weighline/assets"
)

// buildAfter makes the image of somebody who looked at the first one: PyTorch
// without CUDA, nothing that only the notebooks needed, no compilers, no cache,
// no tests, and a user without a chown.
func buildAfter(ctx context.Context, base []step) (*ocitest.Image, error) {
	c, err := pyindex.Embedded()
	if err != nil {
		return nil, err
	}
	slimRequirements, err := app.ReadFile(slimName)
	if err != nil {
		return nil, err
	}
	projects, err := closure(ctx, c.With(pyindex.PyPI, cpuIndex), slimRequirements, assets.SampleConstraints)
	if err != nil {
		return nil, err
	}
	packages, err := pipInstall(projects)
	if err != nil {
		return nil, err
	}
	wanted := tree{}
	wanted.put("app/requirements.txt", string(slimRequirements))
	wanted.put("app/constraints.txt", string(assets.SampleConstraints))
	code, err := appFiles("main.py", "transcribe.py")
	if err != nil {
		return nil, err
	}
	cfg := config()
	cfg.User = "10001:10001"
	steps := append(slices.Clone(base),
		step{"ENV PYTHONUNBUFFERED=1", nil, afterDay},
		step{"WORKDIR /app", nil, afterDay},
		step{"COPY requirements.txt constraints.txt ./ # buildkit", wanted, afterDay},
		step{"RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt -c constraints.txt # buildkit", packages, afterDay},
		step{"COPY main.py transcribe.py ./ # buildkit", code, afterDay},
		step{"USER 10001:10001", nil, afterDay},
		step{"EXPOSE [8000/tcp]", nil, afterDay},
		step{`CMD ["uvicorn" "main:app" "--host" "0.0.0.0" "--port" "8000"]`, nil, afterDay},
	)
	return image("speech-api:after", steps, cfg), nil
}
