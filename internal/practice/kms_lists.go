package practice

import (
	"slices"

	"onramp/internal/practice/wire"
)

// page answers a part of a list whose items have names in an order: most of them unless a call says
// otherwise, from the name that its marker is (KMS API, ListKeys: Limit, Marker, NextMarker).
func (c *call) page(member string, names []string, most, limit int, item func(string) any) (wire.Answer, error) {
	if c.in.Has("Limit") {
		most = c.in.Int("Limit", 0)
	}
	if most < 1 || most > limit {
		return because(between("ValidationException", "limit", most, 1, limit))
	}
	if marker := c.in.Text("Marker"); marker != "" {
		at, ok := slices.BinarySearch(names, marker)
		if !ok {
			return because(bad("InvalidMarkerException", "Could not deserialize marker '%s'", marker))
		}
		names = names[at:]
	}
	if len(names) > most {
		return answer(member, wire.Each("", names[:most], item), "Truncated", true, "NextMarker", names[most])
	}
	return answer(member, wire.Each("", names, item), "Truncated", false)
}

func listKeys(c *call) (wire.Answer, error) {
	return c.page("Keys", sorted(c.at.keys), 100, 1000, func(id string) any {
		return wire.Of("KeyId", id, "KeyArn", c.at.keys[id].arn)
	})
}

func listAliases(c *call) (wire.Answer, error) {
	names := sorted(c.at.aliases)
	if c.in.Has("KeyId") {
		k, err := c.keyOnly("KeyId")
		if err != nil {
			return because(err)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return c.at.aliases[name] != k.id })
	}
	return c.page("Aliases", names, 50, 100, func(name string) any {
		return wire.Of("AliasName", name, "AliasArn", c.arn("kms", name), "TargetKeyId", c.at.aliases[name])
	})
}

func listResourceTags(c *call, k *key) (wire.Answer, error) {
	names := make([]string, len(k.tags))
	for i, t := range k.tags {
		names[i] = t.key
	}
	slices.Sort(names)
	return c.page("Tags", names, 50, 50, func(name string) any { return wire.Of("TagKey", name, "TagValue", k.tags.get(name)) })
}
