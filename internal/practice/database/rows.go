package database

import "fmt"

// Rows is the answer of a statement. Columns is nil where the statement has no result set: the
// Data API says HasResultSet false.
type Rows struct {
	Columns []Column
	Records [][]Value
}

// Column is a column of an answer.
type Column struct {
	Name string
	Type string // as the Data API's ColumnMetadata.typeName spells it: int8, varchar, bool
}

// Value is a field of an answer: an int64, a string, a bool, or nil for null. These are longValue,
// stringValue, booleanValue and isNull of the Data API.
type Value = any

// Error is a refusal.
type Error struct {
	Code    string // SQLSTATE
	Message string // without "ERROR: "
}

// Error is the text that the Data API gives in DescribeStatement.
func (e *Error) Error() string { return "ERROR: " + e.Message }

// errorf makes a refusal.
func errorf(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// The SQLSTATEs in use, by PostgreSQL's names (PostgreSQL 8.0, Appendix A). Redshift keeps them.
const (
	syntaxError           = "42601"
	insufficientPrivilege = "42501"
	duplicateObject       = "42710"
	duplicateSchema       = "42P06"
	duplicateFunction     = "42723"
	undefinedObject       = "42704"
	undefinedSchema       = "3F000"
	undefinedDatabase     = "3D000"
	undefinedTable        = "42P01"
	undefinedColumn       = "42703"
	undefinedFunction     = "42883"
	ambiguousColumn       = "42702"
	duplicateAlias        = "42712"
	groupingError         = "42803"
	datatypeMismatch      = "42804"
	reservedName          = "42939"
	invalidName           = "42602"
	nameTooLong           = "42622"
	invalidParameter      = "22023"
	invalidText           = "22P02"
	invalidBytes          = "22021"
	numberOutOfRange      = "22003"
	tooManyRows           = "21000"
	dependentObjects      = "2BP01"
	invalidGrant          = "0LP01"
	invalidLogin          = "28000"
	tooDeep               = "54001"
	internalError         = "XX000"
)
