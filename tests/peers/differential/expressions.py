"""Random values and expressions, most of them right, some wrong in every way we could think of."""
import base64
import copy

WORDS = ["", "a", "ab", "abc", "b", "ba", "z", "Ünï", "日本", "\U0001F600", "a b", "0", "-1", "true"]
NUMBERS = ["0", "-0", "1", "-1", "1.0", "01", "2", "10", "3.14", "-2.50", "1e3", "1E-3", "123456789012345678901234567890",
           "12345678901234567890123456789012345678", "9.9999999999999999999999999999999999999E+125", "1e-130",
           "-1e125", "0.000000000000000000000000000000000000001", ".5", "5.", "+7", "100e-2"]
BAD_NUMBERS = ["", "abc", "1e126", "1e-131", "-1e126", "123456789012345678901234567890123456789", "1.2.3", "--1",
               "0x10", "Infinity", "NaN", " 1", "1 ", "1e", "1_000", "1,5"]
BLOBS = [base64.b64encode(b).decode() for b in (b"", b"a", b"ab", b"\x00\xff", b"abc", b"zz")]
# Documents are made of few names, so that paths often lead somewhere.
NAMES = ["a", "b", "c", "d", "m", "l", "s", "n", "bs", "x"]
AWKWARD_NAMES = ["name", "size", "status", "key", "a.b", "a b", "0a", "日本", "#a", ":a", "_u", "a-b", "BY", "Date"]
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]


class Values:
    """Attribute values out of a random generator."""

    def __init__(self, rng):
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    def scalar(self, kind):
        if kind == "S":
            return {"S": self.rng.choice(WORDS)}
        if kind == "N":
            return {"N": self.rng.choice(NUMBERS) if self.chance(0.4) else str(self.rng.randint(-20, 20))}
        return {"B": self.rng.choice(BLOBS)}

    def value(self, depth=0):
        kind = self.rng.choices(TYPES, [5, 6, 2, 2, 1, 2, 2, 1, 3, 3])[0]
        if depth > 2 and kind in "LM":
            kind = "S"
        if kind in ("S", "N", "B"):
            return self.scalar(kind)
        if kind == "BOOL":
            return {"BOOL": self.chance(0.5)}
        if kind == "NULL":
            return {"NULL": True}
        if kind == "SS":
            return {"SS": self.rng.sample([w for w in WORDS if w], self.rng.randint(1, 4))}
        if kind == "NS":
            return {"NS": self.rng.sample([str(n) for n in range(-3, 9)], self.rng.randint(1, 4))}
        if kind == "BS":
            return {"BS": self.rng.sample([b for b in BLOBS if b], self.rng.randint(1, 3))}
        if kind == "L":
            return {"L": [self.value(depth + 1) for _ in range(self.rng.randint(0, 3))]}
        return {"M": {self.rng.choice(NAMES): self.value(depth + 1) for _ in range(self.rng.randint(0, 3))}}

    def bad_value(self):
        rng = self.rng
        deep = {"S": "x"}
        for _ in range(40):
            deep = rng.choice([{"L": [deep]}, {"M": {"a": deep}}])
        return copy.deepcopy(rng.choice([
            {"N": rng.choice(BAD_NUMBERS)}, {"NS": [rng.choice(BAD_NUMBERS), "1"]}, {"N": 5}, {"N": True},
            {"SS": []}, {"NS": []}, {"BS": []}, {"SS": ["a", "a"]}, {"NS": ["1", "1.0"]}, {"NS": ["1", "1"]},
            {"BS": ["YQ==", "YQ=="]}, {"SS": "a"}, {"SS": [1]}, {"SS": [["a"]]}, {"NS": [1]},
            {"S": 5}, {"S": None}, {"S": ["a"]}, {"S": {"S": "a"}}, {"S": True}, {"S": 1.5},
            {"B": "x"}, {"B": "YQ=x"}, {"B": 5}, {"B": "Y===" }, {"BS": ["x"]},
            {"NULL": False}, {"NULL": "no"}, {"NULL": "true"}, {"NULL": "maybe"}, {"NULL": 1},
            {"BOOL": "maybe"}, {"BOOL": "true"}, {"BOOL": 1}, {"BOOL": None},
            {"L": {"S": "x"}}, {"L": "x"}, {"L": ["x"]}, {"L": [{}]}, {"L": [{"N": "x"}]}, {"L": [[]]},
            {"M": []}, {"M": "x"}, {"M": {"a": "x"}}, {"M": {"a": {}}}, {"M": {"a": {"N": ""}}},
            {}, {"S": "a", "N": "1"}, {"X": "1"}, {"s": "a"}, "text", 5, None, [], True, deep]))

    def maybe_bad(self, probability=0.04):
        return self.bad_value() if self.chance(probability) else self.value()


class Expressions:
    """Expressions of one request, with the placeholders they use."""

    def __init__(self, values, key_names):
        self.values, self.rng, self.key_names = values, values.rng, key_names
        self.names, self.constants = {}, {}

    def chance(self, probability):
        return self.rng.random() < probability

    def placeholder(self, name):
        for known, meaning in self.names.items():
            if meaning == name and self.chance(0.7):
                return known
        known = f"#n{len(self.names)}"
        self.names[known] = name
        return known

    def name(self):
        if self.chance(0.04):
            name = self.rng.choice(AWKWARD_NAMES)
            return name if self.chance(0.3) else self.placeholder(name)
        name = self.rng.choice(self.key_names) if self.chance(0.04) else self.rng.choice(NAMES)
        return self.placeholder(name) if self.chance(0.3) else name

    def path(self, deep=0.35):
        path = self.name()
        while self.chance(deep):
            path += f"[{self.rng.choice([0, 0, 1, 1, 2, 5])}]" if self.chance(0.4) else f".{self.name()}"
        return path

    def constant(self, value=None):
        known = f":v{len(self.constants)}"
        self.constants[known] = self.values.maybe_bad(0.02) if value is None else value
        return known

    def typed(self, *kinds):
        """A constant, mostly of one of the kinds."""
        if self.chance(0.12):
            return self.constant()
        value = self.values.value()
        for _ in range(30):
            if next(iter(value)) in kinds:
                break
            value = self.values.value()
        return self.constant(value)

    def operand(self):
        choice = self.rng.random()
        if choice < 0.5:
            return self.path()
        if choice < 0.9:
            return self.typed("S", "N", "B")
        return f"size({self.path()})"

    def comparison(self):
        rng = self.rng
        choice = rng.random()
        if choice < 0.35:
            return f"{self.operand()} {rng.choice(['=', '<>', '<', '<=', '>', '>='])} {self.operand()}"
        if choice < 0.43:
            return f"{self.operand()} BETWEEN {self.operand()} AND {self.operand()}"
        if choice < 0.52:
            # A missing attribute in the list ends dynalite, so there are few.
            listed = ", ".join(self.operand() if self.chance(0.05) else self.typed("S", "N", "B") for _ in range(rng.randint(1, 4)))
            return f"{self.operand()} {rng.choice(['IN', 'in', 'In'])} ({listed})"
        if choice < 0.64:
            return f"{rng.choice(['attribute_exists', 'attribute_not_exists'])}({self.path()})"
        if choice < 0.72:
            kind = self.constant({"S": rng.choice(TYPES)}) if self.chance(0.8) else self.typed("S", "N")
            return f"attribute_type({self.path()}, {kind})"
        if choice < 0.82:
            return f"begins_with({self.operand()}, {self.typed('S', 'B')})"
        if choice < 0.92:
            return f"contains({self.path()}, {self.typed('S', 'N', 'B')})"
        if choice < 0.97:
            return f"size({self.path()}) {rng.choice(['=', '<', '>'])} {self.typed('N')}"
        return rng.choice(["size(a)", "contains(a)", "begins_with(a, b, c)", "attribute_exists(:v0)", "nothing(a)",
                           "a = b = c", "(a = b", "a = b)", "((a = b))", "a", "a BETWEEN b", "a IN ()", "a ==  b",
                           "NOT", "attribute_type(a, b)", "size(size(a)) > b", "attribute_exists(a) = b", "a = a",
                           "list_append(a, b) = c", "a + b = c", "contains(a, a)", "Size(a) = b"])

    def condition(self, depth=0):
        choice = self.rng.random()
        if depth > 2 or choice < 0.6:
            return self.comparison()
        if choice < 0.72:
            return f"{self.rng.choice(['NOT', 'not'])} {self.condition(depth + 1)}"
        if choice < 0.8:
            return f"({self.condition(depth + 1)})"
        joint = self.rng.choice(["AND", "OR", "and", "Or"])
        return f"{self.condition(depth + 1)} {joint} {self.condition(depth + 1)}"

    def projection(self):
        return ", ".join(self.path() for _ in range(self.rng.randint(1, 4)))

    def set_value(self):
        rng = self.rng
        choice = rng.random()
        if choice < 0.4:
            return self.constant()
        if choice < 0.5:
            return self.path()
        if choice < 0.7:
            left = self.path() if self.chance(0.6) else self.typed("N")
            return f"{left} {rng.choice('+-')} {self.typed('N')}"
        if choice < 0.85:
            return f"if_not_exists({self.path()}, {self.constant() if self.chance(0.8) else self.path()})"
        operands = [self.path(), self.typed("L")]
        rng.shuffle(operands)
        return f"list_append({', '.join(operands)})"

    def clause(self, kind):
        count = self.rng.choice([1, 1, 1, 2, 3])
        if kind == "SET":
            return ", ".join(f"{self.path()} = {self.set_value()}" for _ in range(count))
        if kind == "REMOVE":
            return ", ".join(self.path() for _ in range(count))
        kinds = ("N", "SS", "NS", "BS") if kind == "ADD" else ("SS", "NS", "BS")
        return ", ".join(f"{self.path(0.15)} {self.typed(*kinds)}" for _ in range(count))

    def update(self):
        if self.chance(0.02):
            return self.rng.choice(["SET", "SET a", "SET a = b SET c = d", "REMOVE", "ADD a b", "a = b", "SET a = b,",
                                    "SET a = b + c + d", "SET a = (b)", "SET a = size(b)", "DELETE a", "SET a = a",
                                    "REMOVE a a", "SET :v0 = b", "SET a = list_append(b)", "SET a = nothing(b)",
                                    "SET a = if_not_exists(:v0, b)", "SET a.b = b, a = c", "REMOVE a[0], a[0]"])
        kinds = self.rng.sample(["SET", "REMOVE", "ADD", "DELETE"], self.rng.choice([1, 1, 1, 1, 2, 3]))
        return " ".join(f"{kind if self.chance(0.8) else kind.lower()} {self.clause(kind)}" for kind in kinds)

    def finish(self, body):
        """Adds the placeholders, sometimes spoiled."""
        if self.chance(0.03) and self.names:
            del self.names[self.rng.choice(sorted(self.names))]
        if self.chance(0.03) and self.constants:
            del self.constants[self.rng.choice(sorted(self.constants))]
        if self.chance(0.015):
            self.names["#unused"] = "a"
        if self.chance(0.015):
            self.constants[":unused"] = {"S": "a"}
        if self.chance(0.005):
            self.names[self.rng.choice(["n", "#", "#a-b", "#a b", ":a"])] = "a"
        if self.chance(0.005):
            self.constants[self.rng.choice(["v", ":", ":a-b", "#a"])] = {"S": "a"}
        if self.names or self.chance(0.004):
            body["ExpressionAttributeNames"] = self.names
        if self.constants or self.chance(0.004):
            body["ExpressionAttributeValues"] = self.constants
        return body

    def spoil(self, text):
        """The text, sometimes with a small mistake."""
        if not self.chance(0.015):
            return text
        words = text.split(" ")
        place = self.rng.randrange(len(words))
        choice = self.rng.randrange(4)
        if choice == 0:
            del words[place]
        elif choice == 1:
            words.insert(place, words[place])
        elif choice == 2:
            words.insert(place, self.rng.choice(["AND", ",", ")", "(", "=", "@", "[0]", ".", "NOT", "1", "'a'"]))
        else:
            words[place] = words[place][:-1]
        return " ".join(words)
