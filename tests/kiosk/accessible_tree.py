# SPDX-License-Identifier: GPL-3.0-or-later
"""What an application shows, asked of the accessibility bus a level of its tree at a time.

Atspi waits for each of some hundred answers, and an application that is drawing gives one between two frames: on a slow
machine that takes ten seconds, in which what is looked for has passed. Messages that wait are answered together.
"""

import functools

from gi.repository import Atspi, Gio, GLib

ROOT = "/org/a11y/atspi/accessible/root"
ACCESSIBLE = "org.a11y.atspi.Accessible"
QUESTIONS = (
    ("org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (ACCESSIBLE,))),
    (ACCESSIBLE, "GetRole", None),
    (ACCESSIBLE, "GetState", None),
    (ACCESSIBLE, "GetChildren", None),
)


class States(int):
    """As Atspi.StateSet."""

    def contains(self, state):
        return bool(self >> int(state) & 1)


class Node:
    """What an accessible object was when it was looked at; answers as an Atspi.Accessible does."""

    def __init__(self, path, parent=None, index=0):
        self.path, self.parent, self.index = path, parent, index
        self.properties, self.role, self.states, self.children = {}, 0, States(), []

    def learn(self, properties, role, states, children):
        """@properties…: the answers to QUESTIONS"""
        self.properties, self.role = properties, role
        self.states = States(states[0] | states[1] << 32)
        self.children = [Node(path, self, index) for index, (_, path) in enumerate(children)]

    def get_name(self):
        return self.properties.get("Name", "")

    def get_role(self):
        return Atspi.Role(self.role)

    def get_description(self):
        return self.properties.get("Description", "")

    def get_state_set(self):
        return self.states

    def is_visible(self):
        return self.states.contains(Atspi.StateType.VISIBLE)

    def walk(self):
        """This and all below it that is visible, in order."""
        yield self
        for child in self.children:
            if child.is_visible():
                yield from child.walk()

    def live(self, application):
        """Its Atspi.Accessible, for what is done with it or asked of it later; None when it is gone."""
        if self.parent is None:
            return application
        parent = self.parent.live(application)
        found = parent.get_child_at_index(self.index) if parent else None
        if found and found.path != self.path:
            # The page of a stack: GTK leaves it out when it tells all children.
            found = found.get_child_at_index(0)
        return found if found and found.path == self.path else None


@functools.cache
def bus():
    call = Gio.bus_get_sync(Gio.BusType.SESSION).call_sync
    reply = call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(*reply.unpack(), flags, None, None)


def ask(name, nodes):
    """Let @nodes of the application called @name on the bus learn what they are. One that is gone learns nothing."""
    answers = {}

    def on_answer(connection, result, key):
        try:
            answers[key] = connection.call_finish(result).unpack()[0]
        except GLib.Error as error:
            answers[key] = error

    for node in nodes:
        for interface, method, arguments in QUESTIONS:
            key = node.path, method
            bus().call(name, node.path, interface, method, arguments, None, 0, -1, None, on_answer, key)
    while len(answers) < len(nodes) * len(QUESTIONS):
        GLib.MainContext.default().iteration(True)
    for node in nodes:
        learned = [answers[node.path, method] for _, method, _ in QUESTIONS]
        errors = [answer for answer in learned if isinstance(answer, GLib.Error)]
        if not errors:
            node.learn(*learned)
        elif node.path == ROOT:
            raise errors[0]


def look(name):
    """The root Node of the application called @name on the bus. Raises GLib.Error when it does not answer."""
    root = Node(ROOT)
    level = [root]
    while level:
        ask(name, level)
        level = [child for node in level if node is root or node.is_visible() for child in node.children]
    return root
