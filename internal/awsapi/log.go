package awsapi

import (
	"context"
	"errors"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Entry is one line of a debug log. It has no field for a header, a body, a token or an input, so that none
// can get into the log.
type Entry struct {
	Time      time.Time
	Operation string // service:Operation
	Attempt   int    // from 1
	Status    int    // of HTTP; 0: there was no answer
	RequestID string
	Duration  time.Duration
	Code      string // of the error that AWS answered
	Message   string // where the line is not about a call: a text of onramp's, or what a process has written
	Process   string // profile whose credential_process wrote the message to its standard error
}

// counter counts the attempts at one call.
type counter struct{}

// observe adds to a client what writes a line for each attempt at a call, and what names an endpoint that
// cannot be reached.
func observe(log func(Entry), p proxying) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		count := middleware.InitializeMiddlewareFunc("OnrampCount", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(context.WithValue(ctx, counter{}, new(int)), in)
		})
		attempt := middleware.FinalizeMiddlewareFunc("OnrampAttempt", func(
			ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
		) (middleware.FinalizeOutput, middleware.Metadata, error) {
			begun := time.Now()
			out, metadata, err := next.HandleFinalize(ctx, in)
			log(entry(ctx, begun, metadata, err))
			return out, metadata, err
		})
		if err := errors.Join(
			stack.Initialize.Add(count, middleware.Before),
			stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("OnrampReach", p.reach), middleware.After),
		); err != nil {
			return err
		}
		if _, repeats := stack.Finalize.Get("Retry"); repeats {
			return stack.Finalize.Insert(attempt, "Retry", middleware.After)
		}
		return stack.Finalize.Add(attempt, middleware.After)
	}
}

func entry(ctx context.Context, begun time.Time, metadata middleware.Metadata, err error) Entry {
	service := strings.ReplaceAll(strings.ToLower(awsmiddleware.GetServiceID(ctx)), " ", "-")
	e := Entry{
		Time: begun, Operation: service + ":" + awsmiddleware.GetOperationName(ctx), Duration: time.Since(begun), Attempt: 1,
	}
	if n, counted := ctx.Value(counter{}).(*int); counted {
		*n++
		e.Attempt = *n
	}
	if raw, has := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response); has && raw.Response != nil {
		e.Status = raw.StatusCode
	}
	e.RequestID, _ = awsmiddleware.GetRequestIDMetadata(metadata)
	var api smithy.APIError
	if errors.As(err, &api) {
		e.Code = api.ErrorCode()
	}
	var response interface {
		ServiceRequestID() string
		HTTPStatusCode() int
	}
	if errors.As(err, &response) {
		e.RequestID, e.Status = response.ServiceRequestID(), response.HTTPStatusCode()
	}
	return e
}

// known are messages of the SDK by their beginning, with the text that the log has for each. The SDK's own texts
// may hold what a server answered.
var known = map[string]string{
	"falling back to IMDSv1":                     "instance metadata: version 2 is not available, version 1 is used",
	"Attempting credential expiration extension": "instance metadata: no new credentials, the old ones are used for longer",
}

// sdkLogger takes the SDK's log lines: its own logger writes to standard error, over the screen.
func sdkLogger(log func(Entry)) logging.Logger {
	return logging.LoggerFunc(func(level logging.Classification, format string, _ ...any) {
		text := "AWS SDK: a message of level " + string(level) + ", left out"
		for start, own := range known {
			if strings.HasPrefix(format, start) {
				text = own
			}
		}
		log(Entry{Time: time.Now(), Message: text})
	})
}
