package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	queryTime = "2006-01-02T15:04:05Z"
	s3Time    = "2006-01-02T15:04:05.000Z"
)

// Write answers a request.
func (q Request) Write(a Answer, id string) Reply {
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	switch q.Protocol {
	case JSON, RESTJSON:
		return q.reply(status, id, nil, jsonOf(a.Fields), "")
	case S3:
		return q.s3Answer(status, id, a)
	case EC2:
		w := xmlWriter{item: "item", time: s3Time}
		w.open(fmt.Sprintf("%sResponse xmlns=%q", q.Operation, services[q.Service].namespace))
		w.fields(append(Of("requestId", id), a.Fields...))
		w.close(q.Operation + "Response")
		return q.reply(status, id, nil, w.Bytes(), "")
	}
	w := xmlWriter{item: "member", time: queryTime}
	w.open(fmt.Sprintf("%sResponse xmlns=%q", q.Operation, services[q.Service].namespace))
	if a.Fields != nil {
		w.member(q.Operation+"Result", a.Fields)
	}
	w.member("ResponseMetadata", Of("RequestId", id))
	w.close(q.Operation + "Response")
	return q.reply(status, id, nil, w.Bytes(), "")
}

func (q Request) s3Answer(status int, id string, a Answer) Reply {
	body, kind := a.Raw, a.Type
	if a.Root != "" {
		w := xmlWriter{time: s3Time}
		w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
		w.open(fmt.Sprintf("%s xmlns=%q", a.Root, services["s3"].namespace))
		w.fields(a.Fields)
		w.close(a.Root)
		body, kind = w.Bytes(), "application/xml"
	}
	return q.reply(status, id, a.Header, body, kind)
}

// contentTypes of the protocols.
var contentTypes = map[Protocol]string{
	Query: "text/xml", EC2: "text/xml;charset=UTF-8", S3: "application/xml", JSON: "application/x-amz-json-1.1", RESTJSON: "application/json",
}

func (q Request) reply(status int, id string, header map[string]string, body []byte, kind string) Reply {
	h := http.Header{}
	h.Set("X-Amzn-Requestid", id)
	if q.Protocol == S3 {
		h.Set("X-Amz-Request-Id", id)
		h.Set("X-Amz-Id-2", id)
	}
	if kind == "" {
		kind = contentTypes[q.Protocol]
	}
	if len(body) > 0 {
		h.Set("Content-Type", kind)
	}
	for name, value := range header {
		h.Set(name, value)
	}
	if q.head {
		body = nil
	}
	return Reply{Status: status, Header: h, Body: body}
}

// WriteError answers a request with a refusal.
func (q Request) WriteError(e *Error, id string) Reply {
	if q.Protocol == JSON || q.Protocol == RESTJSON {
		header := map[string]string{"X-Amzn-Errortype": e.Code}
		return q.reply(e.Status, id, header, jsonOf(append(Of("__type", e.Code, "message", e.Message), e.More...)), "")
	}
	w := xmlWriter{item: "member", time: queryTime}
	said := append(Of("Code", e.Code, "Message", e.Message), e.More...)
	switch q.Protocol {
	case EC2:
		w.member("Response", Of("Errors", Of("Error", said), "RequestID", id))
	case S3:
		w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
		w.member("Error", append(said, Of("RequestId", id, "HostId", id)...))
	default:
		w.open(fmt.Sprintf("ErrorResponse xmlns=%q", services[q.Service].namespace))
		w.fields(Of("Error", append(Of("Type", blame(e.Status)), said...), "RequestId", id))
		w.close("ErrorResponse")
	}
	return q.reply(e.Status, id, e.Header, w.Bytes(), "")
}

func blame(status int) string {
	if status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// Throttled is how a service answers too many requests (AWS SDKs and Tools Reference
// Guide, Retry behavior).
func Throttled(p Protocol) *Error {
	switch p {
	case EC2:
		return &Error{Status: 503, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}
	case S3:
		return &Error{Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}
	case Query:
		return &Error{Status: 400, Code: "Throttling", Message: "Rate exceeded"}
	}
	return &Error{Status: 400, Code: "ThrottlingException", Message: "Rate exceeded"}
}

// Failed is how a service answers when it fails itself.
func Failed(p Protocol) *Error {
	if p == S3 {
		return &Error{Status: 500, Code: "InternalError", Message: "We encountered an internal error. Please try again."}
	}
	return &Error{Status: 500, Code: "InternalFailure", Message: "The request processing has failed because of an unknown error, exception or failure."}
}

// jsonOf writes fields as a JSON object. A moment is the seconds since 1970.
func jsonOf(f Fields) []byte {
	var b bytes.Buffer
	writeJSON(&b, f)
	return b.Bytes()
}

func writeJSON(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case Fields:
		b.WriteByte('{')
		for i, field := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, field.Name)
			b.WriteByte(':')
			writeJSON(b, field.Value)
		}
		b.WriteByte('}')
	case List:
		b.WriteByte('[')
		for i, item := range v.Of {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, item)
		}
		b.WriteByte(']')
	case time.Time:
		fmt.Fprintf(b, "%.3f", float64(v.UnixMilli())/1000)
	default:
		data, _ := json.Marshal(v) // strings, numbers, booleans and what JSON was decoded to
		b.Write(data)
	}
}
