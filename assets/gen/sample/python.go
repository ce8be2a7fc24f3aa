package main

import "path"

// pythonVersion is the interpreter of both images.
const pythonVersion = "3.11.13"

// The interpreter weighs about 40 MB in real images that leave its tests out,
// and its modules compress to a third.
const (
	pythonBytes = 40_000_000 / scale
	pythonShare = 0.35
)

// pythonFiles is the shape of the interpreter.
const pythonFiles = `python
  usr/local/bin/python3.11=2 usr/local/lib/libpython3.11.so.1.0=1900 usr/local/include/python3.11/{Python.h=1,object.h=4,pyconfig.h=6}
  usr/local/lib/pkgconfig/python-3.11.pc usr/local/lib/python3.11/{_pydecimal=22,abc,argparse=10,ast=6,base64,contextlib=3,dataclasses=6,datetime=9,doctest=10}.py=2
  usr/local/lib/python3.11/{functools=4,inspect=12,ipaddress=8,mailbox=8,os=4,pathlib=5,pdb=6,pickle=6,re,shutil=5,socket=4,ssl=5,subprocess=8,tarfile=11,threading=6,turtle=14,typing=12,zipfile=9}.py=2
  usr/local/lib/python3.11/asyncio/{__init__,base_events=8,events=3,sslproto=3,tasks=3,unix_events=5}.py usr/local/lib/python3.11/collections/__init__.py=5 usr/local/lib/python3.11/email/{__init__,_header_value_parser=11,message=4}.py
  usr/local/lib/python3.11/encodings/{__init__,aliases,cp1252,utf_8}.py=2 usr/local/lib/python3.11/http/{__init__,client=6,server=5}.py usr/local/lib/python3.11/importlib/{__init__,_bootstrap=5,_bootstrap_external=7}.py
  usr/local/lib/python3.11/idlelib/{__init__,config=4,editor=7}.py=3 usr/local/lib/python3.11/idlelib/help.html=8 usr/local/lib/python3.11/json/{__init__,decoder,encoder}.py=2 usr/local/lib/python3.11/logging/{__init__,config,handlers}.py=8
  usr/local/lib/python3.11/multiprocessing/{__init__,managers,pool}.py=4 usr/local/lib/python3.11/pydoc_data/{__init__.py,topics.py=70} usr/local/lib/python3.11/tkinter/{__init__=18,ttk=6}.py
  usr/local/lib/python3.11/unittest/{__init__,case,mock}.py=8 usr/local/lib/python3.11/urllib/{__init__,parse,request}.py=5 usr/local/lib/python3.11/xml/etree/ElementTree.py=8
  usr/local/lib/python3.11/ensurepip/__init__.py usr/local/lib/python3.11/ensurepip/_bundled/{pip-24.0-py3-none-any.whl=210,setuptools-65.5.0-py3-none-any.whl=123}
  usr/local/lib/python3.11/lib-dynload/{_asyncio=8,_codecs_jp=28,_ctypes=14,_decimal=30,_elementtree=8,_pickle=16,_sqlite3=12,_ssl=20,unicodedata=110,zlib=6}.cpython-311-x86_64-linux-gnu.so
`

// pythonLayer is the layer that holds the interpreter, pip, setuptools and
// wheel, all of them below /usr/local and unknown to dpkg.
func pythonLayer() (tree, error) {
	shapes, err := parseShapes(pythonFiles)
	if err != nil {
		return nil, err
	}
	t, files := tree{}, shapes[""][0].files
	for i, size := range divide(pythonBytes, files, make([]int64, len(files))) {
		name := files[i].path
		body := content(name, name, "", size, pythonShare, nil)
		if path.Dir(name) == binaries {
			t.program(name, body)
		} else {
			t.put(name, body)
		}
	}
	t.link(binaries+"/python3", "python3.11")
	t.link(binaries+"/python", "python3")
	t.link("usr/local/lib/libpython3.11.so", "libpython3.11.so.1.0")
	for _, b := range baseDists {
		p, err := pinned(b[0], b[1], b[2])
		if err != nil {
			return nil, err
		}
		if err := t.install(p, installed{compile: false}); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// baseDists are the distributions that python:3.11 brings: name, version and
// the Python they ask for.
var baseDists = [][3]string{
	{"pip", "24.0", ">=3.7"},
	{"setuptools", "65.5.1", ">=3.7"},
	{"wheel", "0.45.1", ">=3.8"},
}
