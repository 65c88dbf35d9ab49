// Searches the data dictionary, and opens the entry that a link leads to. Without it every entry is there, folded.
(function () {
  "use strict";
  var form = document.getElementById("dictionary-filter");
  if (!form) return;
  var entries = Array.prototype.map.call(document.querySelectorAll("details.entry"), function (entry) {
    var rows = Array.prototype.map.call(entry.querySelectorAll("tbody tr"), function (row) {
      return { element: row, text: row.textContent.toLowerCase() };
    });
    var head = entry.querySelector("summary").textContent + " " + entry.querySelector(".meaning").textContent;
    return { element: entry, rows: rows, text: head.toLowerCase() };
  });
  var sections = document.querySelectorAll("section.schema");
  var status = form.querySelector("output");

  // An entry whose name or meaning fits is shown whole; else the columns that fit.
  function filter() {
    var words = form.elements.text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    var wanted = form.elements.classification.value;
    var published = form.elements.published.checked;
    var tables = 0, columns = 0;
    entries.forEach(function (entry) {
      var left = words.filter(function (word) { return entry.text.indexOf(word) < 0; });
      var shown = 0;
      entry.rows.forEach(function (row) {
        var keep = left.every(function (word) { return row.text.indexOf(word) >= 0; }) &&
          (!wanted || row.element.dataset.classification === wanted);
        row.element.hidden = !keep;
        shown += keep ? 1 : 0;
      });
      var keep = shown > 0 && (!published || entry.element.dataset.published === "yes");
      entry.element.hidden = !keep;
      entry.element.open = keep && (left.length > 0 || Boolean(wanted));
      tables += keep ? 1 : 0;
      columns += keep ? shown : 0;
    });
    Array.prototype.forEach.call(sections, function (section) {
      section.hidden = !section.querySelector("details.entry:not([hidden])");
    });
    status.textContent = columns + " columns in " + tables + " tables";
  }

  function follow() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var entry = target && target.closest("details.entry");
    if (!entry) return;
    if (entry.hidden || target.hidden) { form.reset(); filter(); }
    entry.open = true;
    target.scrollIntoView();
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  filter();
  follow();
})();

// In a picture of lineage, what leads to the box in hand and from it on stands out.
(function () {
  "use strict";
  function trace(picture) {
    var flows = Array.prototype.slice.call(picture.querySelectorAll(".flow"));
    var nodes = Array.prototype.slice.call(picture.querySelectorAll(".node"));
    function name(node) { return node.getAttribute("href").split("#")[1]; }
    function follow(start, from, to) {
      var seen = {}, pending = [start];
      while (pending.length) {
        var here = pending.pop();
        if (seen[here]) continue;
        seen[here] = true;
        flows.forEach(function (flow) {
          if (flow.dataset[from] === here) { flow.classList.add("on"); pending.push(flow.dataset[to]); }
        });
      }
      return seen;
    }
    function clear() {
      picture.classList.remove("tracing");
      flows.concat(nodes).forEach(function (part) { part.classList.remove("on"); });
    }
    nodes.forEach(function (node) {
      function show() {
        clear();
        var after = follow(name(node), "from", "to"), before = follow(name(node), "to", "from");
        nodes.forEach(function (other) { other.classList.toggle("on", Boolean(after[name(other)] || before[name(other)])); });
        picture.classList.add("tracing");
      }
      node.addEventListener("pointerenter", show);
      node.addEventListener("focus", show);
      node.addEventListener("pointerleave", clear);
      node.addEventListener("blur", clear);
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll("svg.stages"), trace);
})();
