// Filters and sorts the rules table. Without it the page is complete: every rule is there, worst first.
(function () {
  "use strict";
  var table = document.getElementById("rule-table");
  var form = document.getElementById("rule-filter");
  if (!table || !form) return;
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var status = form.querySelector("output");

  function filter() {
    var text = form.elements.text.value.trim().toLowerCase();
    var shown = 0;
    rows.forEach(function (row) {
      var keep = row.textContent.toLowerCase().indexOf(text) >= 0 &&
        ["outcome", "severity"].every(function (name) {
          var wanted = form.elements[name].value;
          return !wanted || row.dataset[name] === wanted;
        });
      row.hidden = !keep;
      shown += keep ? 1 : 0;
    });
    status.textContent = shown + " of " + rows.length + " rules";
  }

  function compare(left, right) {
    var a = Number(left), b = Number(right);
    if (left !== "" && right !== "" && !isNaN(a) && !isNaN(b)) return a - b;
    return left.localeCompare(right);
  }

  function sort(header, column) {
    var down = header.getAttribute("aria-sort") === "ascending";
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
      cell.removeAttribute("aria-sort");
    });
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.sort(function (left, right) {
      var order = compare(left.cells[column].dataset.value, right.cells[column].dataset.value);
      return down ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.textContent = "";
    header.appendChild(button);
    button.addEventListener("click", function () { sort(header, column); });
  });
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  filter();
})();
