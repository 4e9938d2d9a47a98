-- Give the page's divisions to the typst template as functions of the same name.
function Div(div)
  local name = div.classes[1]
  if not name then return nil end
  if name == "figures" then -- each figure over its caption, beside the next
    local made = { pandoc.RawBlock("typst", "#figures(") }
    for _, one in ipairs(div.content) do
      table.insert(made, pandoc.RawBlock("typst", "["))
      for _, block in ipairs(one.content) do table.insert(made, block) end
      table.insert(made, pandoc.RawBlock("typst", "],"))
    end
    table.insert(made, pandoc.RawBlock("typst", ")"))
    return made
  end
  if name == "plated" then return nil end
  if name == "box" then name = "box3" end -- box is a word of typst's own
  local blocks = { pandoc.RawBlock("typst", "#" .. name .. "[") }
  for _, block in ipairs(div.content) do table.insert(blocks, block) end
  table.insert(blocks, pandoc.RawBlock("typst", "]"))
  return blocks
end

function Span(span)
  for _, name in ipairs({ "unit", "caption" }) do
    if span.classes:includes(name) then
      local inlines = { pandoc.RawInline("typst", "#" .. name .. "[") }
      for _, inline in ipairs(span.content) do table.insert(inlines, inline) end
      table.insert(inlines, pandoc.RawInline("typst", "]"))
      return inlines
    end
  end
end
