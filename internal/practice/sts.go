package practice

import "onramp/internal/practice/wire"

// stsOperations: GetCallerIdentity "requires no permissions" (STS API).
func stsOperations() table {
	return table{"sts:GetCallerIdentity": {reads, getCallerIdentity, nobody}}
}

func getCallerIdentity(c *call) (wire.Answer, error) {
	return answer("Arn", c.callerARN(), "UserId", callerID, "Account", Number)
}
