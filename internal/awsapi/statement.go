package awsapi

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"onramp/internal/plan"
)

// The operations that run one statement.
const (
	executeStatement   = "redshift-data:ExecuteStatement"
	describeStatement  = "redshift-data:DescribeStatement"
	getStatementResult = "redshift-data:GetStatementResult"
)

// statementFailed is the code of a statement that AWS has taken and that has failed.
const statementFailed = "StatementFailed"

// statementLimit bounds one statement. Grants take well under a second; a busy or resuming
// warehouse may queue them.
const statementLimit = 10 * time.Minute

// slowestPoll is the longest interval between two looks: the Data API takes 100 a second for an
// account (Amazon Redshift Management Guide, Considerations when calling the Data API).
const slowestPoll = 2 * time.Second

func dataOperations(d *redshiftdata.Client) map[string]operation {
	return map[string]operation{
		executeStatement:   named(d.ExecuteStatement, plain),
		describeStatement:  named(d.DescribeStatement, plain),
		getStatementResult: named(d.GetStatementResult, rows),
	}
}

// statement runs a statement to its end: the Data API is asynchronous and has no waiter.
func (c *Client) statement(ctx context.Context, execute operation, input []byte) (any, error) {
	if err := c.ready(ctx); err != nil {
		return nil, fmt.Errorf("call %s: %w", executeStatement, err)
	}
	ctx, cancel := context.WithTimeout(ctx, statementLimit)
	defer cancel()
	id, hasRows, err := c.run(ctx, execute, input)
	if err != nil || !hasRows {
		return map[string]any{}, err
	}
	return c.result(ctx, id)
}

// run sends a statement and waits for its end, alone as long as nothing has proven its connection.
func (c *Client) run(ctx context.Context, execute operation, input []byte) (id string, hasRows bool, err error) {
	l, database, err := c.logins.of(c.cfg.Region, input)
	if err != nil {
		return "", false, err
	}
	proves, err := l.begin(ctx, database)
	if err != nil {
		return "", false, err
	}
	if proves {
		defer func() { <-l.turn }()
		if earlier, in := l.unseen(); earlier != "" { // its caller has not waited for the end
			_, err := c.finish(ctx, earlier)
			err = l.ended(earlier, in, err)
			if _, failed := l.known(database); failed != nil {
				return "", false, failed
			}
			if again, _ := l.unseen(); again != "" {
				return "", false, err
			}
		}
	}
	started, err := execute(ctx, input)
	if err != nil {
		return "", false, fmt.Errorf("call %s: %w", executeStatement, c.explained(ctx, err))
	}
	id, _ = started.(map[string]any)["Id"].(string)
	if proves {
		l.sent(id, database)
	}
	hasRows, err = c.finish(ctx, id)
	return id, hasRows, l.ended(id, database, err)
}

// result gathers the rows of all pages.
func (c *Client) result(ctx context.Context, id string) (any, error) {
	records := []any{}
	for token := ""; ; {
		input, err := json.Marshal(plan.In("Id", id, "NextToken", token))
		if err != nil {
			return nil, err
		}
		answer, err := c.operations[getStatementResult](ctx, input)
		if err != nil {
			return nil, fmt.Errorf("call %s: %w", getStatementResult, brief(err))
		}
		page := answer.(map[string]any)
		more, _ := page["Records"].([]any)
		records = append(records, more...)
		next, _ := page["NextToken"].(*string)
		if token = aws.ToString(next); token == "" {
			return map[string]any{"Records": records, plan.RequestID: page[plan.RequestID]}, nil
		}
	}
}

// finish waits until a statement has ended and says whether it has rows.
func (c *Client) finish(ctx context.Context, id string) (bool, error) {
	input, err := json.Marshal(plan.In("Id", id))
	if err != nil {
		return false, err
	}
	for interval := c.poll; ; interval = min(interval*2, slowestPoll) {
		answer, err := c.operations[describeStatement](ctx, input)
		if err != nil {
			return false, fmt.Errorf("call %s: %w", describeStatement, brief(err))
		}
		state := answer.(map[string]any)
		switch state["Status"] {
		case string(types.StatusStringFinished):
			rows, _ := state["HasResultSet"].(bool)
			return rows, nil
		case string(types.StatusStringFailed), string(types.StatusStringAborted):
			message, _ := state["Error"].(string)
			failed := state["Status"] == string(types.StatusStringFailed)
			return false, &Error{Code: statementFailed, Message: message, unconnected: failed && unconnected(message)}
		}
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("wait for statement: %w", ctx.Err())
		case <-time.After(interval):
		}
	}
}

// rows gives the fields of a result in the API's own form, {"longValue": 1}: in the SDK each is a
// type of its own.
func rows(out *redshiftdata.GetStatementResultOutput) (any, error) {
	records := make([]any, len(out.Records))
	for i, record := range out.Records {
		fields := make([]any, len(record))
		for j, f := range record {
			fields[j] = field(f)
		}
		records[i] = fields
	}
	return map[string]any{"Records": records, "NextToken": out.NextToken}, nil
}

func field(f types.Field) map[string]any {
	switch f := f.(type) {
	case *types.FieldMemberLongValue:
		return map[string]any{"longValue": float64(f.Value)}
	case *types.FieldMemberStringValue:
		return map[string]any{"stringValue": f.Value}
	case *types.FieldMemberBooleanValue:
		return map[string]any{"booleanValue": f.Value}
	case *types.FieldMemberDoubleValue:
		return map[string]any{"doubleValue": f.Value}
	}
	return map[string]any{"isNull": true}
}
