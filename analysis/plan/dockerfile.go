package plan

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// A TextFile is a file that is ready to be written.
type TextFile struct {
	Name string // such as "Dockerfile"
	Text string
}

// DockerfileOptions say what lies in the folder that the image is built from. All
// paths are relative to it, with "/", and keep their places below /tmp.
type DockerfileOptions struct {
	Requirements []string // to install from; "requirements.txt" if there is none
	Beside       []string // what these include
	Constraints  string   // a constraints file, "" for none
	Heavy        string   // of BaseImage: the file with the heavy packages pinned; "requirements-base.txt" if ""
	// Indexes are pip's options for the indexes that were asked beside those that
	// the files name: " --index-url https://…".
	Indexes string
	// Uninstall is what pip installs because others require it, and the plan leaves
	// out nevertheless.
	Uninstall []pep.Name
}

// copies returns the instructions that copy the files to install from.
func (o DockerfileOptions) copies() string {
	files := slices.Concat(o.Requirements, o.Beside)
	if o.Constraints != "" {
		files = append(files, o.Constraints)
	}
	in := map[string][]string{}
	var folders []string
	for _, f := range files {
		dir := path.Join("/tmp", path.Dir(f))
		if in[dir] == nil {
			folders = append(folders, dir)
		}
		if !slices.Contains(in[dir], f) {
			in[dir] = append(in[dir], f)
		}
	}
	var b strings.Builder
	for _, dir := range folders {
		b.WriteString("COPY " + words(append(in[dir], dir+"/")) + "\n")
	}
	return b.String()
}

// words returns the arguments of COPY: as JSON where a blank would part one.
func words(args []string) string {
	line := strings.Join(args, " ")
	if len(strings.Fields(line)) == len(args) {
		return line
	}
	list, err := json.Marshal(args)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(list)
}

// install returns the instruction that installs, with more options before those
// for the files.
func (o DockerfileOptions) install(options string) string {
	var b strings.Builder
	b.WriteString("RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install" + o.Indexes + options)
	for _, f := range o.Requirements {
		b.WriteString(" --requirement " + shellWord("/tmp/"+f))
	}
	if o.Constraints != "" {
		b.WriteString(" --constraint " + shellWord("/tmp/"+o.Constraints))
	}
	if len(o.Uninstall) > 0 {
		b.WriteString(" \\\n    && pip uninstall --yes")
		for _, name := range o.Uninstall {
			b.WriteString(" " + shellWord(string(name)))
		}
	}
	return b.String() + "\n"
}

func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=@:,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}

// Dockerfiles returns the files that build the strategy: the last is the one that
// makes the application's image. They keep pip's cache out of the image and
// between builds, copy the requirements before the sources, so that an edit of
// these installs nothing again, and run as a user without rights.
func (x Strategy) Dockerfiles(o DockerfileOptions) []TextFile {
	if len(o.Requirements) == 0 {
		o.Requirements = []string{"requirements.txt"}
	}
	if o.Heavy == "" {
		o.Heavy = "requirements-base.txt"
	}
	switch x.Name {
	case BaseImage:
		return []TextFile{{"Dockerfile.base", x.heavyBase(o)}, {"Dockerfile", x.onHeavyBase(o)}}
	case OpenedBase:
		return []TextFile{{"Dockerfile", x.onOpened(o)}}
	}
	return []TextFile{{"Dockerfile", x.twoStages(o)}}
}

const pipEnv = `ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONDONTWRITEBYTECODE=1
`

// stage builds a virtual environment.
func (x Strategy) stage(b *strings.Builder, o DockerfileOptions) {
	fmt.Fprintf(b, "# What is needed to install stays in this stage.\nFROM %s AS build\n%s", x.Base.Reference(), pipEnv)
	b.WriteString("RUN python -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\n" + o.copies())
	b.WriteString(o.install(x.indexes()))
	b.WriteString(x.strip("/opt/venv"))
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
	x.stage(&b, o)
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
	fmt.Fprintf(&b, "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install%s --no-deps --requirement /opt/%s\n", o.Indexes+x.indexes(), path.Base(o.Heavy))
	b.WriteString(x.strip("/opt/venv"))
	b.WriteString("WORKDIR /app\nUSER nobody\n")
	return b.String()
}

func (x Strategy) onHeavyBase(o DockerfileOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n# %s, by Weighline\n\n", x.Title)
	b.WriteString("# Name the image that Dockerfile.base made, with its tag or digest.\nARG BASE=registry.example/acme/python-base:1\nFROM ${BASE}\nUSER root\n" + pipEnv)
	install := o.copies() + o.install(x.indexes()+" --constraint /opt/"+path.Base(o.Heavy))
	b.WriteString(runtime(install))
	return b.String()
}

// onOpened installs with the Python of an image that somebody else made.
func (x Strategy) onOpened(o DockerfileOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n# %s, by Weighline\n\n", x.Title)
	from := x.Base.Reference()
	if !x.Base.Pullable {
		b.WriteString("# The image was opened from a file or an engine: name it as a registry has it, with its tag or digest.\n")
		from = "registry.example/acme/base:1"
	}
	fmt.Fprintf(&b, "ARG BASE=%s\nFROM ${BASE}\nUSER root\n%s", from, pipEnv)
	user := "RUN groupadd --system --gid 10001 app && useradd"
	end := runtime("# What the image has at the version that is asked for is not installed again.\n" + o.copies() + o.install(x.indexes()))
	b.WriteString(strings.Replace(end, user, "RUN id app || groupadd --system --gid 10001 app && id app || useradd", 1))
	return b.String()
}
