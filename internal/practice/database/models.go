package database

import (
	"errors"
	"slices"
	"strconv"
)

// This file makes, drops and shows models (Guide, CREATE MODEL, DROP MODEL, SHOW MODEL).

// modelSettings are the clauses of CREATE MODEL that SHOW MODEL gives back.
type modelSettings struct {
	source      string // table, or "" for a query, a job or nothing
	target      string
	endpoint    string // of a model that SageMaker serves
	role        string // ARN
	modelType   string
	problemType string
	objective   string
	bucket, key string
	maxRuntime  int64
}

type createModel struct {
	name, function object
	byDefault      bool // IAM_ROLE default
	modelSettings
}

// createModel reads the clauses: "follow the order of the keywords in the syntax".
func (p *parser) createModel() statement {
	c := createModel{name: p.object(), modelSettings: modelSettings{modelType: "auto", maxRuntime: 5400}}
	trained := p.accept("from")
	if trained {
		p.trainingData(&c)
	}
	if p.accept("target") {
		c.target = p.nameOrText()
	}
	p.modelFunction(&c)
	p.modelEndpoint(&c)
	if !trained && c.endpoint == "" {
		p.fail()
	}
	p.expect("iam_role")
	if c.byDefault = p.accept("default"); !c.byDefault {
		c.role = p.text()
	}
	p.modelOptions(&c)
	if p.accept("settings") {
		p.expectSymbol("(")
		list(p, func() bool { p.modelSetting(&c); return true })
		p.expectSymbol(")")
	}
	if p.err == nil && c.bucket == "" && c.endpoint == "" {
		p.err = errorf(syntaxError, "S3_BUCKET must be specified in SETTINGS")
	}
	return c
}

// trainingData reads {table | (query) | 'job'}. The query may be any: there are no tables here.
func (p *parser) trainingData(c *createModel) {
	switch {
	case p.peek().kind == stringToken:
		p.text()
	case p.symbol("("):
		p.expect("select")
		p.balanced()
	default:
		c.source = p.object().String()
	}
}

// nameOrText: the guide writes the target column in both ways.
func (p *parser) nameOrText() string {
	if p.peek().kind == stringToken {
		return p.text()
	}
	return p.name()
}

// modelFunction reads FUNCTION name [(type [, ...])] [RETURNS type]. A function without a schema is
// made in that of the model.
func (p *parser) modelFunction(c *createModel) {
	p.expect("function")
	c.function = object{c.name.schema, p.name()}
	if p.symbol(".") {
		c.function = object{c.function.name, p.name()}
	}
	if p.symbol("(") {
		list(p, p.dataType)
		p.expectSymbol(")")
	}
	if p.accept("returns") {
		p.dataType()
	}
}

// dataType reads a type: varchar(10), double precision.
func (p *parser) dataType() string {
	if p.accept("timestamp") { // a reserved word
		return "timestamp"
	}
	name := p.name()
	if name == "double" || name == "character" {
		p.accept("precision")
		p.accept("varying")
	}
	if p.symbol("(") {
		list(p, p.integer)
		p.expectSymbol(")")
	}
	return name
}

// modelEndpoint reads [SAGEMAKER 'endpoint' [: 'model']].
func (p *parser) modelEndpoint(c *createModel) {
	if !p.accept("sagemaker") {
		return
	}
	c.endpoint = p.text()
	if p.symbol(":") {
		p.text()
	}
}

// modelOptions reads what stands between IAM_ROLE and SETTINGS.
func (p *parser) modelOptions(c *createModel) {
	if p.accept("auto") {
		p.oneOf("on", "off")
	}
	if p.accept("model_type") {
		c.modelType = p.oneOf("xgboost", "mlp", "linear_learner", "kmeans", "forecast")
	}
	if p.accept("problem_type") {
		bracket := p.symbol("(") // the guide writes it with and without
		c.problemType = p.oneOf("regression", "binary_classification", "multiclass_classification")
		if bracket {
			p.expectSymbol(")")
		}
	}
	if p.accept("objective") {
		bracket := p.symbol("(")
		c.objective = p.text()
		if bracket {
			p.expectSymbol(")")
		}
	}
	if p.accept("preprocessors") {
		p.text()
	}
	if p.accept("hyperparameters") {
		p.hyperparameters()
	}
}

// hyperparameters reads DEFAULT [EXCEPT (name 'value' [, ...])].
func (p *parser) hyperparameters() {
	p.expect("default")
	if !p.accept("except") {
		return
	}
	p.expectSymbol("(")
	list(p, func() string { p.name(); return p.text() })
	p.expectSymbol(")")
}

func (p *parser) modelSetting(c *createModel) {
	switch {
	case p.accept("s3_bucket"):
		c.bucket = p.text()
	case p.accept("kms_key_id"):
		c.key = p.text()
	case p.accept("max_runtime"):
		c.maxRuntime = p.integer()
	case p.accept("tags"), p.accept("percentiles"):
		p.text()
	case p.accept("s3_garbage_collect"):
		p.oneOf("on", "off")
	case p.accept("max_cells"), p.accept("horizon"), p.accept("max_batch_rows"):
		p.integer()
	case p.accept("frequency"):
		p.nameOrText()
	default:
		p.fail()
	}
}

func (c createModel) run(s *session) (Rows, error) {
	if err := c.check(s); err != nil {
		return Rows{}, err
	}
	if c.byDefault {
		c.role = s.defaultRole()
	}
	if err := c.checkRole(s); err != nil {
		return Rows{}, err
	}
	s.state.models.put(c.name.key(), &model{c.name, s.user.name, c.function, c.modelSettings, s.now()})
	return Rows{}, nil
}

// check: CREATE MODEL, and CREATE on the schema, by a grant or as its owner (aws-facts 7.3).
func (c createModel) check(s *session) error {
	n, err := s.state.findSchema(c.name.schema)
	if err != nil {
		return err
	}
	if _, err := s.state.findSchema(c.function.schema); err != nil {
		return err
	}
	language := privilege{class: onLanguage, on: object{name: machineLearning}, name: "USAGE"}
	switch {
	case !s.state.may(s.user, language):
		return errorf(insufficientPrivilege, "permission denied for language %s", machineLearning)
	case !s.state.mayInSchema(s.user, n, "CREATE"):
		return errorf(insufficientPrivilege, "permission denied for schema %s", n.name)
	}
	if _, there := s.state.models.get(c.name.key()); there {
		return errorf(duplicateObject, `model "%s" already exists`, c.name)
	}
	if s.state.models.any(func(m *model) bool { return m.function == c.function }) {
		return errorf(duplicateFunction, `function "%s" already exists with same argument types`, c.function)
	}
	return nil
}

// checkRole: the user may use the IAM role, and the warehouse can.
func (c createModel) checkRole(s *session) error {
	if c.role == "" {
		return errorf(invalidParameter, "no default IAM role is associated with the cluster")
	}
	if !s.state.mayAssume(s.user, c.role, c.byDefault, "CREATE MODEL") {
		return errorf(insufficientPrivilege, `User %s does not have ASSUMEROLE permission on IAM role "%s" for CREATE MODEL`, s.user.name, c.role)
	}
	if s.RoleCheck == nil {
		return nil
	}
	err := s.RoleCheck(c.role)
	if refusal := (*Error)(nil); err == nil || errors.As(err, &refusal) {
		return err
	}
	return errorf(internalError, "%s", err)
}

type dropModel struct {
	ifExists bool
	name     object
}

func (p *parser) dropModel() statement {
	return dropModel{ifExists: p.accept("if", "exists"), name: p.object()}
}

// run: for a superuser, the model's owner and the schema's owner.
func (d dropModel) run(s *session) (Rows, error) {
	m, err := s.state.findModel(d.name)
	if err != nil && d.ifExists {
		return Rows{}, nil
	}
	if err != nil {
		return Rows{}, err
	}
	n, _ := s.state.findSchema(d.name.schema)
	if !slices.Contains([]string{m.owner, n.owner}, s.user.name) && !s.user.isSuperuser() {
		return Rows{}, errorf(insufficientPrivilege, "must be owner of model %s", d.name)
	}
	s.state.models.drop(d.name.key())
	s.state.privileges.dropAll(func(p privilege) bool { return p.class == onModel && p.on == d.name })
	return Rows{}, nil
}

type showModel struct {
	all  bool
	name object
}

func (p *parser) showModel() statement {
	if p.accept("all") {
		return showModel{all: true}
	}
	return showModel{name: p.object()}
}

func (show showModel) run(s *session) (Rows, error) {
	if show.all {
		return s.showModels(), nil
	}
	m, err := s.state.findModel(show.name)
	if err != nil {
		return Rows{}, err
	}
	if !s.mayExecute(m) {
		return Rows{}, errorf(insufficientPrivilege, "permission denied for model %s", m.object)
	}
	rows := Rows{Columns: []Column{{"Key", textKind.String()}, {"Value", textKind.String()}}}
	for _, line := range s.describe(m) {
		rows.Records = append(rows.Records, []Value{line[0], line[1]})
	}
	return rows, nil
}

func (s *session) mayExecute(m *model) bool {
	return m.owner == s.user.name || s.state.may(s.user, privilege{class: onModel, on: m.object, name: "EXECUTE"})
}

// showModels lists "all the models that the user can use and their schemas".
func (s *session) showModels() Rows {
	rows := Rows{Columns: []Column{{"Schema Name", textKind.String()}, {"Model Name", textKind.String()}}}
	for m := range s.state.models.all() {
		if s.mayExecute(m) {
			rows.Records = append(rows.Records, []Value{m.schema, m.name})
		}
	}
	return rows
}

// describe lists what SHOW MODEL says. The role, the bucket and the key are for the owner.
func (s *session) describe(m *model) [][2]string {
	state := "READY"
	if !s.ready(m) {
		state = "TRAINING"
	}
	lines := [][2]string{
		{"Model Name", m.name},
		{"Schema Name", m.schema},
		{"Owner", m.owner},
		{"Creation Time", m.made.Format("Mon, 02.01.2006 15:04:05")},
		{"Model State", state},
		{"", ""},
		{"TRAINING DATA:", ""},
		{"Table", m.settings.source},
		{"Target Column", m.settings.target},
		{"", ""},
		{"PARAMETERS:", ""},
		{"Model Type", m.settings.modelType},
		{"Problem Type", m.settings.problemType},
		{"Objective", m.settings.objective},
		{"Function Name", m.function.name},
	}
	if m.owner == s.user.name || s.user.isSuperuser() {
		lines = append(lines, [2]string{"IAM Role", m.settings.role}, [2]string{"S3 Bucket", m.settings.bucket}, [2]string{"KMS Key", m.settings.key})
	}
	return append(lines, [2]string{"Max Runtime", strconv.FormatInt(m.settings.maxRuntime, 10)})
}

// ready reports whether a model has been trained. One that SageMaker serves need not be.
func (s *session) ready(m *model) bool {
	return m.settings.endpoint != "" || s.now().Sub(m.made) >= max(s.Training, 0)
}
