"""Jinja templates compiled for pages of some thousand pieces: the same output at less than two thirds of the cost."""

import re
from collections.abc import Collection
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

PLAIN = set[Any]()
"""Functions of templates that want neither context nor environment; see `plain`."""


def shown(value: Any) -> str:
    """The value as it may stand in a page, as `markupsafe.escape`, but a plain string: it is only joined."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return str(value)
    return str(value) if kind is int else escape(value)


def plain(**functions: Any) -> dict[str, Any]:
    """Globals for templates that are called with nothing but their arguments."""
    PLAIN.update(functions.values())
    return functions


class LeanContext(Context):
    """Calls plain functions without asking first what they want to be given."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - a caller may pass self=
        """Call a function of a template."""
        if __obj in PLAIN:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class LeanEnvironment(Environment):
    """Writes blocks as joined strings, not as generators inside generators, and escapes without making Markup.

    steady: globals, functions or modules of macros, that say the same for the same arguments as long as the
    environment lives. Where a template calls one with constants, what it says is written into the compiled template.
    """

    context_class = LeanContext

    def __init__(self, *, steady: Collection[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.steady = frozenset(steady)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.steady:
            source = _Once(self).visit(source)
        code = super()._generate(source, name, filename, defer_init)
        # On one line with Jinja's own import, so that lines of traces stay right.
        first, rest = code.split("\n", 1)
        rest = re.sub(r"(?m)^(\s*)yield from (.+)$", r"\1yield ''.join(\2)", rest)
        return f"{first}; from {__name__} import shown as escape\n{rest}"


class _Once(NodeTransformer):
    """Puts what a steady function says in the place of each call of it with constants."""

    def __init__(self, environment: LeanEnvironment) -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - jinja2 looks for the name of the node
        """The call, or its result."""
        self.generic_visit(node)
        function = self._steady(node.node)
        if function is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            return node
        try:
            arguments = [one.as_const() for one in node.args]
            named = dict(one.as_const() for one in node.kwargs)
        except nodes.Impossible:
            return node
        return nodes.Const(function(*arguments, **named), lineno=node.lineno)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:  # noqa: N802
        """A macro that is given a block keeps its call."""
        self.generic_visit(node.call)
        node.body = [self.visit(one) for one in node.body]
        return node

    def _steady(self, node: nodes.Node) -> Any:
        """The function called, when it is a steady one."""
        names, known = self._environment.steady, self._environment.globals
        if isinstance(node, nodes.Name) and node.name in names:
            return known.get(node.name)
        is_macro = isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in names
        return getattr(known.get(node.node.name), node.attr, None) if is_macro else None  # type: ignore[attr-defined]
