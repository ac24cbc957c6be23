// Try it: the models of the page, asked by hand. What they are is in #play-model, written
// by play.py: weights as base64, and the words of train, from which the n-gram is counted
// again. Numbers are those of `python -m nplm score` and `words`.
// Ids are positions in the vocabulary; 0 is EOS. p is a list of probabilities, by id.
"use strict";
(() => {
  const $ = (name) => document.getElementById(`play-${name}`);
  const page = JSON.parse($("model").textContent);
  const { vocabulary, sizes, texts } = page;
  const EOS = 0;
  const ofWords = page.unit === "word";
  const idOf = new Map(vocabulary.map((symbol, id) => [symbol, id]));
  const number = (value, digits) =>
    value.toLocaleString(page.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const sum = (list) => list.reduce((total, value) => total + value, 0);

  // ---- the network: nplm/models/network.py and ensemble.py

  function half(bits) {
    const exponent = (bits >> 10) & 31, fraction = bits & 1023, sign = bits >> 15 ? -1 : 1;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
  }

  function weights(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
    return page.half ? Float32Array.from(new Uint16Array(bytes), half) : new Float32Array(bytes);
  }

  const members = page.members.map((member) =>
    Object.fromEntries(Object.entries(member).map(([name, text]) => [name, weights(text)])));

  function affine(x, W, b) {
    const out = Float64Array.from(b);
    x.forEach((value, row) => {
      for (let i = 0, at = row * out.length; i < out.length; i++) out[i] += value * W[at + i];
    });
    return out;
  }

  const f = sizes.activation === "tanh" ? Math.tanh
    : (z) => z / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));

  function contextOf(prefix) {
    const size = sizes.context_size;
    return [...Array(Math.max(0, size - prefix.length)).fill(EOS), ...prefix.slice(-size)];
  }

  /** Return the last hidden layer and the logits; the oldest symbols may be left out. */
  function forward({ C, W1, b1, W2, b2, Wh, bh, D }, context, leftOut = 0) {
    const E = sizes.embedding_dim, H = sizes.hidden;
    const x = context.flatMap((id, i) =>
      i < leftOut ? Array(E).fill(0) : [...C.subarray(id * E, (id + 1) * E)]);
    let hidden = affine(x, W1, b1).map(f);
    for (let i = 0; i < sizes.layers - 1; i++) {
      const more = affine(hidden, Wh.subarray(i * H * H), bh.subarray(i * H, (i + 1) * H));
      hidden = hidden.map((value, unit) => value + f(more[unit]));
    }
    if (!sizes.tied) {
      const logits = affine(hidden, W2, b2);
      return { hidden, logits: D.length ? affine(x, D, logits) : logits };
    }
    const z = affine(hidden, W2, new Float64Array(E));
    const logits = Float64Array.from(b2, (bias, id) =>
      z.reduce((total, value, i) => total + value * C[id * E + i], bias));
    return { hidden, logits: D.length ? affine(x, D, logits) : logits };
  }

  function softmax(logits, temperature = 1) {
    const highest = logits.reduce((high, value) => Math.max(high, value), -Infinity);
    const p = Float64Array.from(logits, (value) => Math.exp((value - highest) / temperature));
    const total = sum(p);
    return p.map((value) => value / total);
  }

  function network(prefix) {
    const context = contextOf(prefix), longest = page.averaged_contexts;
    const whole = members.length * longest * (longest + 1) / 2;
    const p = new Float64Array(vocabulary.length);
    for (const member of members) {
      for (let leftOut = 0; leftOut < longest; leftOut++) {
        const { logits } = forward(member, context, leftOut);
        softmax(logits, page.temperature).forEach((value, id) => {
          p[id] += value * (longest - leftOut) / whole;
        });
      }
    }
    return p;
  }

  // ---- the n-gram: interpolated Kneser-Ney, as in nplm/models/kneser_ney.py

  const keyOf = (ids) => String.fromCharCode(...ids.map((id) => id + 1));

  function countNgrams(words, discountsOf) {
    const levels = [], order = discountsOf.length;
    let counts = new Map();
    const add = (key) => counts.set(key, (counts.get(key) || 0) + 1);
    for (const word of words) {
      const text = keyOf([...Array(order - 1).fill(EOS), ...word, EOS]);
      for (let end = order; end <= text.length; end++) add(text.slice(end - order, end));
    }
    for (let length = order; length > 0; length--) {
      const contexts = new Map(), discounts = discountsOf[length - 1];
      for (const [key, count] of counts) {
        const before = key.slice(0, -1), found = contexts.get(before) || [0, 0];
        contexts.set(before, [found[0] + count, found[1] + discounts[Math.min(count, 3) - 1]]);
      }
      levels.unshift({ counts, contexts, discounts });
      const longer = counts;
      counts = new Map();  // a shorter n-gram counts once for each symbol before it
      for (const key of longer.keys()) add(key.slice(1));
    }
    /** Return the probability of a symbol after a key that has all that it can see. */
    return (before, id) => levels.reduce((p, { counts, contexts, discounts }, length) => {
      const context = before.slice(before.length - length);
      const [total, freed] = contexts.get(context) || [0, 0];
      if (!total) return p;
      const count = counts.get(context + String.fromCharCode(id + 1)) || 0;
      const own = count ? count - discounts[Math.min(count, 3) - 1] : 0;
      return own / total + freed / total * p;
    }, 1 / vocabulary.length);
  }

  const encode = (word) => [...word].map((letter) => idOf.get(letter));
  const train = (page.words.train || []).map(encode);
  const models = { network };
  let pSeen = null;
  if (page.ngram) {
    const order = page.ngram.length, p = countNgrams(train, page.ngram);
    const seen = (prefix) => keyOf([...Array(order - 1).fill(EOS), ...prefix].slice(prefix.length));
    models.ngram = (prefix) => {
      const before = seen(prefix);
      return Float64Array.from(vocabulary, (_, id) => p(before, id));
    };
    const known = [...new Set(page.words.train)].map((word) => {
      const ids = encode(word), log_p = [...ids, EOS].map((id, i) => Math.log(p(seen(ids.slice(0, i)), id)));
      return [keyOf(ids), log_p];
    });
    /** Return the probability that a word that begins so is one of train. */
    pSeen = (prefix) => {
      const begin = keyOf(prefix);
      return sum(known.filter(([word]) => word.startsWith(begin))
        .map(([, log_p]) => Math.exp(sum(log_p.slice(prefix.length)))));
    };
  }
  if (page.mixture) {
    const { positions, parts, weights: rows } = page.mixture;
    models.mixture = (prefix) => {
      const part = Math.min(Math.floor(pSeen(prefix) * parts), parts - 1);
      const [first, second] = rows[Math.min(prefix.length, positions - 1) * parts + part];
      const other = models.ngram(prefix);
      return network(prefix).map((p, id) => first * p + second * other[id]);
    };
  }

  // ---- words drawn: nplm/sampling.py, with the random numbers of torch.rand

  function* uniforms(seed) {  // the Mersenne Twister; 53 bits of two numbers
    const state = new Uint32Array(624);
    state[0] = Number(BigInt(seed) & 0xffffffffn);
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    let place = 624;
    const next = () => {
      if (place === 624) {
        for (let i = 0; i < 624; i++) {
          const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
          state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        place = 0;
      }
      let y = state[place++];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
    for (;;) yield ((next() & 0x1fffff) * 2 ** 32 + next()) / 2 ** 53;
  }

  function likeliest(p, { temperature, top_k, top_p }) {
    let logits = p.map((value, id) => (id === page.unknown ? -Infinity : Math.log(value) / temperature));
    if (top_k > 0 && top_k < logits.length) {
      const last = logits.slice().sort((a, b) => b - a)[top_k - 1];
      logits = logits.map((value) => (value < last ? -Infinity : value));
    }
    const kept = softmax(logits);
    if (top_p >= 1) return kept;
    let before = 0;
    for (const id of [...kept.keys()].sort((a, b) => kept[b] - kept[a])) {
      if (before >= top_p) logits[id] = -Infinity;
      before += kept[id];
    }
    return softmax(logits);
  }

  function drawOne(prefix, row, options) {
    const ids = [...prefix];
    while (ids.length < row.length) {
      const kept = likeliest(network(ids), options), draw = row[ids.length] * sum(kept);
      let id = 0;
      for (let total = kept[0]; total <= draw && id < kept.length - 1; total += kept[id]) id++;
      if (id === EOS) break;
      ids.push(id);
    }
    return ids;
  }

  const standing = new Map();
  for (const split of ["test", "dev", "train"]) for (const word of page.words[split] || []) standing.set(word, split);
  const shown = (ids) => ids.map((id) => vocabulary[id]).join(ofWords ? " " : "");

  function drawWords(prefix, options) {
    const random = uniforms(options.seed), leftOut = new Set(["", ...standing.keys()]), words = [];
    for (let tries = 20 * options.count + 10000; words.length < options.count && tries > 0; tries--) {
      const row = Array.from({ length: options.max_length }, () => random.next().value);
      const ids = drawOne(prefix, row, options), word = shown(ids);
      if (options.new_only && leftOut.has(word)) continue;
      leftOut.add(word);
      words.push(ids);
    }
    return words;
  }

  function edits(one, other) {
    let row = [...other.keys(), other.length];
    one.forEach((id, i) => {
      const next = [i + 1];
      other.forEach((symbol, j) => {
        next.push(Math.min(row[j] + (symbol !== id), row[j + 1] + 1, next[j] + 1));
      });
      row = next;
    });
    return row.at(-1);
  }

  function nearest(ids) {  // train is sorted: of several, the first one stays
    let place = 0, least = Infinity;
    train.forEach((word, i) => {
      if (Math.abs(word.length - ids.length) >= least) return;
      const found = edits(ids, word);
      if (found < least) [place, least] = [i, found];
    });
    return page.words.train[place];
  }

  function neighbours(id, count) {
    const { C } = members[0], E = sizes.embedding_dim;
    const vector = (of) => C.subarray(of * E, (of + 1) * E), own = vector(id);
    const cosine = (other) => sum(own.map((value, i) => value * other[i])) / Math.hypot(...own) / Math.hypot(...other);
    const found = vocabulary.map((_, other) => [other, cosine(vector(other))]);
    return found.filter(([other]) => other !== EOS && other !== id).sort((a, b) => b[1] - a[1]).slice(0, count);
  }

  window.nplm = { models, drawWords, nearest, neighbours };  // for tests, and for the curious

  // ---- the page

  const BARS = 10;
  const legible = (id) => (id === EOS ? texts.end : vocabulary[id] === " " ? "\u2423" : vocabulary[id]);

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key in made && key !== "style") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function typed() {
    const text = $("text").value.normalize("NFC");
    const symbols = ofWords ? text.split(/\s+/).filter(Boolean) : [...text];
    const ids = symbols.map((symbol) => idOf.get(symbol) ?? page.unknown);
    const strange = symbols.filter((_, i) => ids[i] === null || ids[i] === undefined);
    $("error").textContent = strange.length ? filled(texts.strange, { symbols: strange.join(" ") }) : "";
    return ids.filter((id) => id !== null && id !== undefined && id !== EOS);
  }

  function say(text) { $("said").textContent = text; }

  const near = (id) => filled(texts.neighbours, {
    symbol: legible(id),
    near: neighbours(id, 5).map(([other, cosine]) => `${legible(other)} ${number(cosine, 2)}`).join(", "),
  });

  function showLetters(ids) {
    $("letters").replaceChildren(...ids.map((id, i) => {
      const nats = Object.entries(models).map(([name, model]) => [texts[name], -Math.log(model(ids.slice(0, i))[id])]);
      const numbers = nats.map(([name, value]) => `${name} ${number(value, 2)}`).join(", ");
      const text = filled(texts.surprise, { symbol: legible(id), numbers });
      const share = Math.min(60, Math.round(nats.at(-1)[1] * 10));
      const style = `background: color-mix(in srgb, var(--second) ${share}%, transparent)`;
      const letter = element("button", { type: "button", title: text, style }, legible(id));
      for (const event of ["focus", "click", "pointerenter"]) {
        letter.addEventListener(event, () => say(ofWords ? `${text}; ${near(id)}` : text));
      }
      return letter;
    }));
  }

  function showBars(ids) {
    const p = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, model(ids)]));
    const last = Object.values(p).at(-1);
    const order = [...last.keys()].sort((a, b) => last[b] - last[a]).slice(0, BARS);
    const head = element("tr", {}, element("th", { scope: "col" }, texts.next),
      ...Object.keys(p).map((name) => element("th", { scope: "col" }, texts[name])));
    const rows = order.map((id) => {
      const add = element("button", { type: "button", disabled: id === EOS || id === page.unknown }, legible(id));
      add.addEventListener("click", () => {
        const text = $("text").value;
        $("text").value = ofWords ? `${text.trim()} ${vocabulary[id]} `.trimStart() : text + vocabulary[id];
        show();
        $("text").focus();
      });
      return element("tr", {}, element("th", { scope: "row" }, add), ...Object.values(p).map((list) => {
        const share = (100 * list[id]).toFixed(2);
        const style = `background: linear-gradient(to right, var(--bar) ${share}%, transparent ${share}%)`;
        return element("td", { style }, `${number(100 * list[id], 1)} %`);
      }));
    });
    $("next").replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
  }

  function showInside(ids) {
    const context = contextOf(ids), { hidden } = forward(members[0], context);
    const cells = [...hidden].map((value) => {
      const strength = Math.round(Math.min(1, Math.abs(value)) * 100);
      const colour = value < 0 ? "--first" : "--second";
      return element("span", { style: `background: color-mix(in srgb, var(${colour}) ${strength}%, var(--paper))` });
    });
    $("hidden").replaceChildren(...cells);
    for (const point of $("points").querySelectorAll("[data-id]")) {
      point.classList.toggle("lit", context.includes(Number(point.dataset.id)));
    }
  }

  function show() {
    const ids = typed();
    showLetters(ids);
    showBars(ids);
    showInside(ids);
  }

  function place() {
    const xs = page.points.map(([, x]) => x), ys = page.points.map(([, , y]) => y);
    const scale = (value, list, size) => 30 + (size - 60) * (value - Math.min(...list)) / (Math.max(...list) - Math.min(...list) || 1);
    for (const [id, x, y] of page.points) {
      const point = document.createElementNS("http://www.w3.org/2000/svg", "text");
      const facts = { x: scale(x, xs, 480), y: 360 - scale(y, ys, 360), tabindex: 0, role: "button", "data-id": id };
      for (const [key, value] of Object.entries(facts)) point.setAttribute(key, value);
      point.textContent = legible(id);
      for (const event of ["click", "focus"]) point.addEventListener(event, () => say(near(id)));
      $("points").append(point);
    }
  }

  function draw() {
    const options = { ...page.sample, new_only: $("new_only").checked };
    for (const name of ["seed", "count", "temperature", "top_k", "top_p"]) options[name] = Number($(name).value);
    const heads = ["word", ...(train.length ? ["stands", "nearest"] : [])];
    const rows = drawWords(typed(), options).map((ids) => [shown(ids), ...(train.length
      ? [texts[standing.get(shown(ids)) || "new"], nearest(ids)] : [])]);
    const cells = (name, list, facts) => element("tr", {}, ...list.map((text, i) => element(i ? name : "th", facts(i), text)));
    $("words").replaceChildren(
      element("thead", {}, cells("th", heads.map((head) => texts[head]), () => ({ scope: "col" }))),
      element("tbody", {}, ...rows.map((row) => cells("td", row, (i) => (i ? {} : { scope: "row" })))));
  }

  place();
  $("text").addEventListener("input", show);
  $("draw").addEventListener("submit", (event) => { event.preventDefault(); draw(); });
  $("again").addEventListener("click", () => { $("seed").value = Number($("seed").value) + 1; draw(); });
  show();
  if (!ofWords) draw();  // lines take seconds
})();
