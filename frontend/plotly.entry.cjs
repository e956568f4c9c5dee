// The trace types the console draws, each in the variant that needs no `unsafe-eval`.
// Add a line here when a figure needs another type, then run `npm run build`.
'use strict';
var Plotly = require('plotly.js/lib/core');
Plotly.register([
    require('plotly.js/lib/bar'),
    require('plotly.js/lib/box'),
    require('plotly.js/lib/heatmap'),
    require('plotly.js/lib/pie'),
    require('plotly.js/src/traces/scattergl/strict')
]);
module.exports = Plotly;
