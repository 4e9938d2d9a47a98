-- Give the page's divisions to Word as styles, and set pictures that stand side by side in a table without borders.
local STYLE = { note = "Note", box = "Box" }
local LINE = { unit = "Note", caption = "Caption" }

local function styled(name, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = name }))
end

-- A share of the text's width in millimetres (layout.py): pandoc would enlarge no picture beyond its own size.
local TEXT_WIDTH_MM = 156
function Image(image)
  local share = tostring(image.attributes.width or ""):match("^([%d.]+)%%$")
  if share then image.attributes.width = ("%.2fmm"):format(TEXT_WIDTH_MM * share / 100) end
  return image
end

-- The text for those who cannot see the picture; a caption beside it is set under the picture.
local function described(image)
  local caption, alt = image.caption, image.attributes.alt
  if alt then image.caption = { pandoc.Str(alt) } end
  return image, alt and #caption > 0 and caption or nil
end

local function beside(cells, align)
  local aligns, widths = {}, {}
  for number = 1, #cells do
    aligns[number], widths[number] = align, 1 / #cells
  end
  local made = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, {}, { cells }))
  made.attr = pandoc.Attr("", {}, { ["custom-style"] = "Layout" })
  return made
end

local function images_alone(inlines)
  local images = pandoc.List()
  for _, inline in ipairs(inlines) do
    if inline.t == "Image" then images:insert(inline)
    elseif inline.t ~= "Space" and inline.t ~= "SoftBreak" then return nil end
  end
  return #images > 0 and images or nil
end

function Para(para)
  local first = para.content[1]
  local line = #para.content == 1 and first.t == "Span" and LINE[first.classes[1]]
  if line then return styled(line, { para }) end
  local images = images_alone(para.content)
  if not images then return nil end
  local cells = {}
  for number, image in ipairs(images) do
    local picture, caption = described(image)
    cells[number] = { styled("Figure", { pandoc.Para({ picture }) }) }
    if caption then table.insert(cells[number], styled("Caption", { pandoc.Para(caption) })) end
  end
  return #images == 1 and cells[1] or beside(cells, pandoc.AlignCenter)
end

-- A picture as wide as its column.
local function in_a_column(image)
  image.attributes.width = "48.5%"
  return Image(image)
end

-- What comes after it begins a page: a mark that is taken out when that is done.
local NEW_PAGE = pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="NewPage"/></w:pPr></w:p>')

function Div(div)
  local name = div.classes[1]
  if name == "sheet" then return { NEW_PAGE, div } end
  if name == "keys" then
    return div:walk({ Table = function(made) made.attr = pandoc.Attr("", {}, { ["custom-style"] = "Keys" }) return made end })
  end
  if STYLE[name] then return styled(STYLE[name], div.content) end
  if name == "split" then
    local cells = {}
    for number, part in ipairs(div.content) do cells[number] = part:walk({ Image = in_a_column }).content end
    return beside(cells, pandoc.AlignDefault)
  end
end
