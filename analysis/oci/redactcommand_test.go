package oci

import "testing"

func TestRedactCommand(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		if got := RedactCommand(in); got != want {
			t.Errorf("RedactCommand(%q) = %q, want %q", in, got, want)
		}
	}
	same := func(in string) { t.Helper(); test(in, in) }
	test("RUN pip install -i https://user:hunter2@pypi.corp/simple demo", "RUN pip install -i https://…@pypi.corp/simple demo")
	test("RUN git clone https://ghp_abc@github.com/acme/api.git", "RUN git clone https://…@github.com/acme/api.git")
	test("|1 PIP_TOKEN=hunter2 /bin/sh -c pip install demo", "|1 PIP_TOKEN=… /bin/sh -c pip install demo")
	test(`RUN curl -H "Authorization: Bearer hunter2" https://x`, `RUN curl -H "Authorization: Bearer …" https://x`)
	test("RUN curl --header 'PRIVATE-TOKEN: hunter2' https://x", "RUN curl --header 'PRIVATE-TOKEN: …' https://x")
	test(`ENV DB_PASSWORD="two words" USER=me`, `ENV DB_PASSWORD=… USER=me`)
	test("RUN twine upload --password hunter2 dist/*", "RUN twine upload --password … dist/*")
	test("RUN AWS_SECRET_ACCESS_KEY=hunter2 aws s3 cp s3://x y", "RUN AWS_SECRET_ACCESS_KEY=… aws s3 cp s3://x y")

	same("RUN pip install -i https://pypi.corp/simple demo")
	same("RUN pip install demo@https://files.corp/demo.whl")
	same("RUN pip install -i https://$USER:$TOKEN@pypi.corp/simple demo")
	same("RUN TOKEN=$(cat /run/secrets/token) ./build")
	same("RUN --mount=type=secret,id=token pip install demo")
	same("RUN npm install @acme/tokenizer --token-file x")
	same("COPY --from=build /app /app")
	same("RUN adduser --disabled-password --gecos '' app")
}
