import { relative } from 'node:path';
import ts from 'typescript';

/** A place where SQL is made of something that is not written in the source. */
export interface BuiltSql {
	/** Path from the root, with `/`. */
	file: string;
	line: number;
	/** The part that is no constant, as it is written. */
	part: string;
}

/**
 * Every statement that is handed to the database in these files, with the parts of its text that could hold anything but
 * constants of the source. A constant is a literal; a `const` that is made of constants; what is picked, mapped or joined from
 * constants; and what a function makes of constants, if each of its callers gives it constants. Which of several constants it
 * is may depend on anything.
 */
export function findBuiltSql({
	files,
	root
}: {
	/** Absolute paths. */
	files: readonly string[];
	root: string;
}): { statements: number; built: BuiltSql[] } {
	const program = ts.createProgram({
		rootNames: [...files],
		options: {
			...{ noEmit: true, allowImportingTsExtensions: true, strict: true, skipLibCheck: true },
			...{ target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, types: [] },
			moduleResolution: ts.ModuleResolutionKind.Bundler
		}
	});
	const checker = program.getTypeChecker();
	const sources = program
		.getSourceFiles()
		.filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && files.includes(fileName));
	const calls = collectCalls(sources, checker);
	const judge = new Judge(checker, calls);
	const built: BuiltSql[] = [];
	let statements = 0;
	for (const source of sources)
		walk(source, (node) => {
			const text = statementOf(node, checker);
			if (!text) return;
			statements++;
			for (const part of judge.foreign(text)) {
				const { line } = source.getLineAndCharacterOfPosition(part.getStart());
				built.push({
					file: relative(root, part.getSourceFile().fileName).replaceAll('\\', '/'),
					line: line + 1,
					part: part.getText()
				});
			}
		});
	return { statements, built };
}

/** The methods of a client that take a statement, and our own functions that hand one on, by their file: which argument it is. */
const METHODS = ['query', 'command', 'exec'];
const HANDED_ON: Record<string, number> = { ask: 1 };

/** The text of the statement that a call hands to the database. */
function statementOf(node: ts.Node, checker: ts.TypeChecker): ts.Expression | undefined {
	if (!ts.isCallExpression(node)) return undefined;
	const { expression: callee, arguments: given } = node;
	if (ts.isIdentifier(callee)) {
		if (callee.text === 'defineQuery') return property(given[0], 'sql');
		const index = HANDED_ON[callee.text];
		const from = index !== undefined && declarationOf(callee, checker)?.getSourceFile().fileName;
		return from && from.endsWith(`/${callee.text}.ts`) ? given[index!] : undefined;
	}
	if (!ts.isPropertyAccessExpression(callee) || !METHODS.includes(callee.name.text))
		return undefined;
	return property(given[0], 'query');
}

function property(node: ts.Expression | undefined, name: string): ts.Expression | undefined {
	if (!node || !ts.isObjectLiteralExpression(node)) return undefined;
	for (const one of node.properties) {
		if (ts.isPropertyAssignment(one) && one.name.getText() === name) return one.initializer;
		if (ts.isShorthandPropertyAssignment(one) && one.name.text === name) return one.name;
	}
	return undefined;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void) {
	visit(node);
	node.forEachChild((child) => walk(child, visit));
}

type Functionish = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression;
const isFunction = (node: ts.Node | undefined): node is Functionish =>
	node !== undefined &&
	(ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node));

/** What one call gives to a function, by the parameter's place. */
type Given = (index: number) => ts.Expression | undefined;

/** What each named function is given, by those who call it and by those who hand it to a method: `CONSTANTS.map(named)`. */
function collectCalls(sources: readonly ts.SourceFile[], checker: ts.TypeChecker) {
	const calls = new Map<ts.Node, Given[]>();
	const add = (name: ts.Identifier, given: Given) => {
		const of = functionOf(name, checker);
		if (of) calls.set(of, [...(calls.get(of) ?? []), given]);
	};
	for (const source of sources)
		walk(source, (node) => {
			if (!ts.isCallExpression(node)) return;
			const { expression: callee, arguments: given } = node;
			if (ts.isIdentifier(callee)) add(callee, (index) => given[index]);
			if (ts.isPropertyAccessExpression(callee))
				for (const one of given) if (ts.isIdentifier(one)) add(one, () => callee.expression);
		});
	// A function that is handed to one of ours is called where that one calls its parameter.
	for (const source of sources)
		walk(source, (node) => {
			if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
			for (const of of functionsBehind(node.expression, checker, calls))
				calls.set(of, [...(calls.get(of) ?? []), (index) => node.arguments[index]]);
		});
	return calls;
}

/** The functions that a parameter of this name is given. */
function functionsBehind(
	name: ts.Identifier,
	checker: ts.TypeChecker,
	calls: ReadonlyMap<ts.Node, Given[]>
): Functionish[] {
	const declared = declarationOf(name, checker);
	if (!declared || !ts.isParameter(declared) || !isFunction(declared.parent)) return [];
	const index = declared.parent.parameters.indexOf(declared);
	return (calls.get(declared.parent) ?? [])
		.map((given): ts.Node | undefined => unwrap(given(index)))
		.filter(isFunction);
}

/** The function of that name, where the source has one. */
function functionOf(name: ts.Identifier, checker: ts.TypeChecker): Functionish | undefined {
	const declared = declarationOf(name, checker);
	const of =
		declared && ts.isVariableDeclaration(declared) ? unwrap(declared.initializer) : declared;
	return isFunction(of) ? of : undefined;
}

function declarationOf(node: ts.Node, checker: ts.TypeChecker): ts.Declaration | undefined {
	let symbol = checker.getSymbolAtLocation(node);
	if (node.parent && ts.isShorthandPropertyAssignment(node.parent))
		symbol = checker.getShorthandAssignmentValueSymbol(node.parent);
	if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
	return symbol?.declarations?.[0];
}

function unwrap(node: ts.Expression | undefined): ts.Expression | undefined {
	while (
		node &&
		(ts.isParenthesizedExpression(node) ||
			ts.isAsExpression(node) ||
			ts.isSatisfiesExpression(node) ||
			ts.isNonNullExpression(node))
	)
		node = node.expression;
	return node;
}

class Judge {
	private readonly checker: ts.TypeChecker;
	private readonly calls: Map<ts.Node, Given[]>;
	/** What is being judged or was: a constant that needs itself is none the less one. */
	private readonly known = new Map<ts.Node, ts.Node[]>();

	constructor(checker: ts.TypeChecker, calls: Map<ts.Node, Given[]>) {
		this.checker = checker;
		this.calls = calls;
	}

	/** The innermost parts that are no constants; none: it is one. */
	foreign(given: ts.Expression | undefined): ts.Node[] {
		const node = unwrap(given);
		if (!node) return [];
		const known = this.known.get(node);
		if (known) return known;
		this.known.set(node, []);
		const found = this.judge(node);
		this.known.set(node, found);
		return found;
	}

	private all(nodes: Iterable<ts.Expression | undefined>): ts.Node[] {
		return [...nodes].flatMap((node) => this.foreign(node));
	}

	private judge(node: ts.Expression): ts.Node[] {
		if (
			ts.isLiteralExpression(node) ||
			[ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(
				node.kind
			)
		)
			return [];
		if (ts.isTemplateExpression(node))
			return this.all(node.templateSpans.map(({ expression }) => expression));
		if (ts.isPrefixUnaryExpression(node)) return this.foreign(node.operand);
		if (ts.isConditionalExpression(node)) return this.all([node.whenTrue, node.whenFalse]);
		if (ts.isBinaryExpression(node))
			return node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
				? this.foreign(node.right)
				: this.all([node.left, node.right]);
		if (ts.isArrayLiteralExpression(node)) return this.all(node.elements);
		if (ts.isSpreadElement(node)) return this.foreign(node.expression);
		if (ts.isObjectLiteralExpression(node))
			return node.properties.flatMap((one) =>
				ts.isPropertyAssignment(one)
					? this.foreign(one.initializer)
					: ts.isSpreadAssignment(one)
						? this.foreign(one.expression)
						: ts.isShorthandPropertyAssignment(one)
							? this.foreign(one.name)
							: [one]
			);
		if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
			return this.foreign(node.expression);
		if (isFunction(node)) return this.returned(node);
		if (ts.isCallExpression(node)) return this.called(node);
		if (ts.isIdentifier(node)) return this.named(node);
		return [node];
	}

	private called(node: ts.CallExpression): ts.Node[] {
		const { expression: callee, arguments: given } = node;
		if (ts.isPropertyAccessExpression(callee)) {
			const builtIn = ts.isIdentifier(callee.expression) && callee.expression.text === 'Object';
			return this.all([...(builtIn ? [] : [callee.expression]), ...given]);
		}
		if (!ts.isIdentifier(callee)) return [node];
		const of = functionOf(callee, this.checker);
		const all = of ? [of] : functionsBehind(callee, this.checker, this.calls);
		// What they are given is judged where their parameters enter the text, if they do.
		return all.length > 0 ? all.flatMap((one) => this.returned(one)) : [node];
	}

	private returned(of: Functionish): ts.Node[] {
		if (!of.body) return [of];
		if (!ts.isBlock(of.body)) return this.foreign(of.body);
		const found: ts.Node[] = [];
		const look = (node: ts.Node): void => {
			if (isFunction(node)) return;
			if (ts.isReturnStatement(node)) found.push(...this.foreign(node.expression));
			else node.forEachChild(look);
		};
		of.body.forEachChild(look);
		return found;
	}

	private named(node: ts.Identifier): ts.Node[] {
		if (node.text === 'undefined') return [];
		let declared: ts.Node | undefined = declarationOf(node, this.checker);
		// `const { a } = b`, `([name, value]) => …`: as constant as what it is taken from.
		while (declared && ts.isBindingElement(declared)) declared = declared.parent.parent;
		if (!declared) return [node];
		if (ts.isVariableDeclaration(declared)) {
			const list = declared.parent;
			if (!(list.flags & ts.NodeFlags.Const)) return [node];
			if (ts.isForOfStatement(list.parent)) return this.at(node, list.parent.expression);
			return declared.initializer ? this.at(node, declared.initializer) : [node];
		}
		if (ts.isParameter(declared)) return this.parameter(node, declared);
		return isFunction(declared) ? this.returned(declared) : [node];
	}

	/** What is foreign in a declaration is told where it is used: there it enters the statement. */
	private at(use: ts.Node, source: ts.Expression): ts.Node[] {
		return this.foreign(source).length > 0 ? [use] : [];
	}

	private parameter(node: ts.Identifier, declared: ts.ParameterDeclaration): ts.Node[] {
		const of = declared.parent as ts.Node;
		if (!isFunction(of)) return [node];
		// A callback: `CONSTANTS.map((one) => …)`.
		const call = of.parent;
		if (ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression))
			return this.at(node, call.expression.expression);
		const index = of.parameters.indexOf(declared);
		const calls = this.calls.get(of) ?? [];
		const given = calls.map((one) => one(index) ?? declared.initializer);
		return this.all(given).length > 0 || calls.length === 0 ? [node] : [];
	}
}
