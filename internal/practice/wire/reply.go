package wire

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Response is the reply as a client sees it. Where it is cut the connection breaks in the middle of
// the body.
func (r Reply) Response(to *http.Request, cut bool) *http.Response {
	out := &http.Response{
		Status: strconv.Itoa(r.Status) + " " + http.StatusText(r.Status), StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header, ContentLength: int64(len(r.Body)), Body: io.NopCloser(bytes.NewReader(r.Body)), Request: to,
	}
	if cut {
		out.Body = broken{bytes.NewReader(r.Body[:len(r.Body)/2])}
	}
	return out
}

// Half is what of the reply arrives when the connection breaks in the middle of the body. Where a reply has no body, or
// none is sent because the request is a HEAD, the connection breaks in the middle of the header.
func (r Reply) Half(head bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", r.Status, http.StatusText(r.Status), len(r.Body))
	_ = r.Header.Write(&b) // a buffer takes everything
	if head || len(r.Body) == 0 {
		return b.Bytes()[:b.Len()/2]
	}
	b.WriteString("\r\n")
	b.Write(r.Body[:len(r.Body)/2])
	return b.Bytes()
}

// broken is a body that ends too early.
type broken struct{ r io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (broken) Close() error { return nil }
