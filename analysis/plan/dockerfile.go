package plan

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/fileclass"
)

// A TextFile is a file that is ready to be written.
type TextFile struct {
	Name string // such as "Dockerfile"
	Text string
}

// DockerfileOptions say what stands beside the Dockerfile.
type DockerfileOptions struct {
	Requirements string // the file with the slim requirements; "requirements.txt" if ""
	Constraints  string // a constraints file, "" for none
	Heavy        string // of BaseImage: the file with the heavy packages pinned; "requirements-base.txt" if ""
}

// Dockerfiles returns the files that build the strategy: the last is the one that
// makes the application's image. They keep pip's cache out of the image and
// between builds, copy the requirements before the sources, so that an edit of
// these installs nothing again, and run as a user without rights.
func (x Strategy) Dockerfiles(o DockerfileOptions) []TextFile {
	if o.Requirements == "" {
		o.Requirements = "requirements.txt"
	}
	if o.Heavy == "" {
		o.Heavy = "requirements-base.txt"
	}
	if x.Name != BaseImage {
		return []TextFile{{"Dockerfile", x.twoStages(o)}}
	}
	return []TextFile{{"Dockerfile.base", x.heavyBase(o)}, {"Dockerfile", x.onHeavyBase(o)}}
}

const pipEnv = `ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONDONTWRITEBYTECODE=1
`

// stage builds a virtual environment.
func (x Strategy) stage(b *strings.Builder, from, requirements, constraints string) {
	fmt.Fprintf(b, "# What is needed to install stays in this stage.\nFROM %s AS build\n%s", from, pipEnv)
	b.WriteString("RUN python -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n")
	copied, option := requirements, ""
	if constraints != "" {
		copied, option = requirements+" "+constraints, " --constraint /tmp/"+base(constraints)
	}
	fmt.Fprintf(b, "COPY %s /tmp/\n", copied)
	fmt.Fprintf(b, "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install%s --requirement /tmp/%s%s\n", x.indexes(), base(requirements), option)
	if line := x.strip("/opt/venv"); line != "" {
		b.WriteString(line)
	}
}

// indexes returns the options for variants from other indexes.
func (x Strategy) indexes() (options string) {
	var urls []string
	for name, variant := range x.Plan.Swap {
		if v, err := FindVariant(name, variant); err == nil && v.Index != "" && !slices.Contains(urls, v.Index) {
			urls = append(urls, v.Index)
		}
	}
	slices.Sort(urls)
	for _, u := range urls {
		options += " --extra-index-url " + u
	}
	return options
}

// strip returns the instruction that deletes the classes of the plan, in the
// stage where that frees their bytes.
func (x Strategy) strip(dir string) string {
	find := map[fileclass.Class]string{
		fileclass.Tests:    `\( -type d \( -name tests -o -name test \) -o -type f \( -name conftest.py -o -name 'test_*.py' \) \)`,
		fileclass.Bytecode: `\( -type d -name __pycache__ -o -type f \( -name '*.pyc' -o -name '*.pyo' \) \)`,
		fileclass.Static:   `\( -type f \( -name '*.a' -o -name '*.lib' \) \)`,
		fileclass.Headers:  `\( -type f \( -name '*.h' -o -name '*.hh' -o -name '*.hpp' -o -name '*.hxx' -o -name '*.cuh' -o -name '*.pxd' -o -name '*.cmake' \) \)`,
	}
	var b strings.Builder
	for _, c := range x.Plan.Strip {
		fmt.Fprintf(&b, "# Without %s.\nRUN find %s/lib -path '*.dist-info*' -prune -o %s -prune -exec rm -rf {} +\n", c, dir, find[c])
	}
	return b.String()
}

func (x Strategy) twoStages(o DockerfileOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n# %s, by Weighline\n\n", x.Title)
	x.stage(&b, x.Base.Reference(), o.Requirements, o.Constraints)
	fmt.Fprintf(&b, "\n# What runs: the environment and the sources.\nFROM %s\n", x.Base.Reference())
	b.WriteString(runtime("COPY --from=build /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n"))
	return b.String()
}

// runtime returns the end of a Dockerfile, after what installs.
func runtime(install string) string {
	return `ENV PYTHONUNBUFFERED=1
RUN groupadd --system --gid 10001 app && useradd --system --uid 10001 --gid app --no-create-home app
WORKDIR /app
` + install + `# The sources come last: an edit of them installs nothing again.
COPY . .
USER app
# What starts the application: change it to yours.
CMD ["python", "-m", "app"]
`
}

func (x Strategy) heavyBase(o DockerfileOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n# The base with the heavy packages, by Weighline: build and push it when one of them changes.\n\n")
	fmt.Fprintf(&b, "FROM %s\n%s", x.Base.Reference(), pipEnv)
	fmt.Fprintf(&b, "RUN python -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nCOPY %s /opt/\n", o.Heavy)
	fmt.Fprintf(&b, "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install%s --no-deps --requirement /opt/%s\n", x.indexes(), base(o.Heavy))
	b.WriteString(x.strip("/opt/venv"))
	b.WriteString("WORKDIR /app\nUSER nobody\n")
	return b.String()
}

func (x Strategy) onHeavyBase(o DockerfileOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n# %s, by Weighline\n\n", x.Title)
	b.WriteString("# Name the image that Dockerfile.base made, with its tag or digest.\nARG BASE=registry.example/acme/python-base:1\nFROM ${BASE}\nUSER root\n" + pipEnv)
	option, copied := " --constraint /opt/"+base(o.Heavy), o.Requirements
	if o.Constraints != "" {
		copied, option = o.Requirements+" "+o.Constraints, option+" --constraint /tmp/"+base(o.Constraints)
	}
	install := fmt.Sprintf("COPY %s /tmp/\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install%s --requirement /tmp/%s%s\n", copied, x.indexes(), base(o.Requirements), option)
	b.WriteString(runtime(install))
	return b.String()
}

// base returns the last part of a path with slashes.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
