// Package query evaluates a step's JMESPath queries on an answer of AWS just as the AWS CLI does
// with --query and --output text, so that apply and the exported script decide alike.
//
// It must not know where the answer came from.
package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/jmespath/go-jmespath"
)

// None is how the AWS CLI writes that there is nothing.
const None = "None"

var compiled sync.Map // query text -> *jmespath.JMESPath

// Value finds what a query selects; nil where there is nothing. answer is decoded JSON.
func Value(answer any, query string) (any, error) {
	q, ok := compiled.Load(query)
	if !ok {
		p, err := jmespath.Compile(query)
		if err != nil {
			return nil, fmt.Errorf("compile query %q: %w", query, err)
		}
		q, _ = compiled.LoadOrStore(query, p)
	}
	v, err := q.(*jmespath.JMESPath).Search(answer)
	if err != nil {
		return nil, fmt.Errorf("run query %q: %w", query, err)
	}
	return v, nil
}

// Text is the value as text: True and False, None, numbers in digits, and lists as their items
// with one space between them (the CLI's tab). An absent value and an empty list are "".
func Text(answer any, query string) (string, error) {
	v, err := Value(answer, query)
	if err != nil || v == nil {
		return "", err
	}
	if list, ok := v.([]any); ok && allNil(list) {
		return "", nil
	}
	return text(v), nil
}

// Texts are the items of a list as text; none where there is nothing.
func Texts(answer any, query string) ([]string, error) {
	v, err := Value(answer, query)
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		out = append(out, text(item))
	}
	return out, err
}

func allNil(list []any) bool {
	for _, v := range list {
		if v != nil {
			return false
		}
	}
	return true
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return None
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = text(item)
		}
		return strings.Join(items, " ")
	}
	return fmt.Sprint(v)
}
