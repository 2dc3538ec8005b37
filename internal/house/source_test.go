package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// pkg is a package as its files say it. Files for every operating system are in it.
type pkg struct {
	path  string // below the module's root
	files []file
}

// file is what the rules ask about a file.
type file struct {
	name    string // without the folder
	pkg     string // the name in its package clause, without _test
	doc     string // its package comment
	imports []string
	uses    []string // names of other packages, with the import path: "os.Exit"
	first   []string // those of uses that run when the program starts
	texts   []string // what stands in quotes
	lines   int
}

func (f file) test() bool { return strings.HasSuffix(f.name, "_test.go") }

// read parses every Go file below the root of a module. It reads the files itself and does not ask
// `go list`: so it sees what is built for other systems only, and go test knows which files its
// kept result hangs on.
func read(fsys fs.FS) ([]pkg, error) {
	var pkgs []pkg
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(fsys, name):
			return fs.SkipDir
		case d.IsDir():
			p, err := readFolder(fsys, name)
			if err == nil && len(p.files) > 0 {
				pkgs = append(pkgs, p)
			}
			return err
		}
		return nil
	})
	return pkgs, err
}

// skipped says which folders are no packages of the module, as the go command sees it.
func skipped(fsys fs.FS, name string) bool {
	if name == "." {
		return false
	}
	base := path.Base(name)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(fsys, name+"/go.mod")
	return err == nil
}

func readFolder(fsys fs.FS, folder string) (pkg, error) {
	p := pkg{path: folder}
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return p, err
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".go" {
			continue
		}
		f, err := readFile(fsys, path.Join(folder, e.Name()))
		if err != nil {
			return p, err
		}
		p.files = append(p.files, f)
	}
	return p, nil
}

func readFile(fsys fs.FS, name string) (file, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return file{}, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments)
	if err != nil {
		return file{}, err
	}
	imports, named := importsOf(tree)
	return file{
		name:    path.Base(name),
		pkg:     strings.TrimSuffix(tree.Name.Name, "_test"),
		doc:     tree.Doc.Text(),
		imports: imports,
		uses:    usesOf(tree, named),
		first:   firstOf(tree, named),
		texts:   textsOf(tree),
		lines:   strings.Count(string(data), "\n"),
	}, nil
}

// importsOf lists the imports, and by which name the file calls them.
func importsOf(tree *ast.File) (paths []string, named map[string]string) {
	named = map[string]string{}
	for _, spec := range tree.Imports {
		p, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		paths = append(paths, p)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		named[name] = p
	}
	return paths, named
}

func textsOf(tree *ast.File) []string {
	var texts []string
	ast.Inspect(tree, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value) // the parser has checked it
			texts = append(texts, text)
		}
		return true
	})
	return texts
}

// firstOf lists what the values of variables outside functions use: it runs before main does, whatever the command is.
func firstOf(tree *ast.File, named map[string]string) []string {
	var uses []string
	for _, d := range tree.Decls {
		if of, ok := d.(*ast.GenDecl); ok {
			uses = append(uses, usesOf(of, named)...)
		}
	}
	return uses
}

// usesOf lists what a piece of a file uses of other packages. Of a declaration of variables, function literals are left
// out: they run when they are called.
func usesOf(of ast.Node, named map[string]string) []string {
	var uses []string
	_, outside := of.(*ast.GenDecl)
	ast.Inspect(of, func(n ast.Node) bool {
		if _, is := n.(*ast.FuncLit); is && outside {
			return false
		}
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && named[x.Name] != "" {
				uses = append(uses, named[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return uses
}
